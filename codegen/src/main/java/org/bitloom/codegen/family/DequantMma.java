package org.bitloom.codegen.family;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.ir.KernelIr;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;

/**
 * The family for weights of up to 8 bits in tiles of 8 to 64 batch columns: fragment-ordered codes stream through each lane's own ring of shared
 * memory, become f16 or bf16 fragments with shifts and masks, integers also with one multiply-add that takes offset and zero point away, and
 * meet the activations in mma.sync. Scales are applied to f32 accumulators.
 */
public final class DequantMma {
  private DequantMma() {
  }

  /** The stages of {@code plan} in this family. */
  public static KernelIr lower(KernelPlan plan, FamilyPlan.DequantMma own) {
    List<PlaneUse> grouped = own.planes().stream().filter(PlaneUse::grouped).toList();
    Stage.ApplyParams apply = Stage.ApplyParams.of(own.decode(), own.form(), own.planes());
    List<Stage> stages = new ArrayList<>();
    stages.add(new Stage.StreamCodes(plan.layout().bits(), plan.layout().cells()));
    if (!grouped.isEmpty()) {
      stages.add(new Stage.StreamParams(grouped));
    }
    stages.add(new Stage.StreamActivations());
    stages.add(new Stage.LoadFragment(own.form()));
    stages.add(new Stage.Unpack(plan.layout().bits(), plan.layout().wordStride(), own.decode(),
        plan.layout().extracts(own.decode()), Stage.Unpack.zero(own.decode(), own.planes())));
    if (apply.needsSum()) {
      stages.add(new Stage.SumActivations(own.form()));
    }
    stages.add(new Stage.Mma(own.form()));
    stages.add(apply);
    stages.add(new Stage.ReduceWarps());
    stages.add(new Stage.ReduceSplits());
    stages.add(new Stage.StoreTile(plan.y(), plan.kernel().epilogue()));
    return new KernelIr(plan.kernel().name(), stages);
  }
}
