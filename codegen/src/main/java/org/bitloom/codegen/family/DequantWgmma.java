package org.bitloom.codegen.family;

import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.codegen.target.WarpgroupAtom;
import org.bitloom.runtime.api.ActivationType;

/**
 * The family for weights of up to 8 bits on sm_90a, in tiles of 16 to 128 batch columns: codes are decoded as for mma.sync, into the register
 * operand of wgmma, and meet activations that the warpgroups of a block share in swizzled shared memory. Scales are applied to
 * f32 accumulators; levels of binary-coded weights, from 8 columns on, are looked up with scales and offsets in them.
 */
public final class DequantWgmma {
  private DequantWgmma() {
  }

  /** The stages of {@code plan} in this family. */
  public static WarpgroupIr lower(KernelPlan plan, FamilyPlan.DequantWgmma own) {
    List<PlaneUse> grouped = own.planes().stream().filter(PlaneUse::grouped).toList();
    Stage.ApplyParams apply = own.apply();
    return kernel(plan, new WarpgroupIr.Decoded(
        new Stage.StreamCodes(plan.layout().bits(), plan.layout().cells()),
        grouped.isEmpty() ? Optional.empty() : Optional.of(new Stage.StreamParams(grouped)),
        new Stage.Unpack(plan.layout().bits(), plan.layout().wordStride(), own.decode(),
            plan.layout().extracts(own.decode()),
            Stage.Unpack.zero(own.decode(), own.planes())),
        new WarpgroupIr.Lift(own.lift()),
        apply.needsSum() ? Optional.of(new WarpgroupIr.Sum()) : Optional.empty(),
        apply), atom(own.decode().register()));
  }

  /** The stages of {@code plan}, whose weights are binary-coded, in this family. */
  public static WarpgroupIr lower(KernelPlan plan, FamilyPlan.SignsWgmma own) {
    return kernel(plan,
        new WarpgroupIr.LookedUp(
            new SignStage.StreamSigns(plan.layout().planes(), own.groups(), own.offsets()), plan.x()),
        atom(plan.x()));
  }

  private static WarpgroupAtom atom(ActivationType x) {
    return switch (x) {
      case F16 -> WarpgroupAtom.F16;
      case BF16 -> WarpgroupAtom.BF16;
    };
  }

  private static WarpgroupIr kernel(KernelPlan plan, WarpgroupIr.Weights weights, WarpgroupAtom atom) {
    return new WarpgroupIr(plan.kernel().name(), weights, new Stage.StreamActivations(),
        new WarpgroupIr.Multiply(atom), new Stage.ReduceSplits(),
        new Stage.StoreTile(plan.y(), plan.kernel().epilogue()));
  }
}
