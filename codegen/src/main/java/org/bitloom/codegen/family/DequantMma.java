package org.bitloom.codegen.family;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.ir.KernelIr;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.plan.KernelPlan;

/**
 * The family for weights of up to 8 bits at batch 1 to 64: fragment-ordered codes stream through each lane's own ring of shared
 * memory, become f16 or bf16 fragments with shifts and masks, integers also with one multiply-add that takes offset and zero point away, and
 * meet the activations in mma.sync. Scales are applied to f32 accumulators.
 */
public final class DequantMma {
  private DequantMma() {
  }

  /** The stages of a plan. */
  public static KernelIr lower(KernelPlan plan) {
    List<PlaneUse> grouped = plan.planes().stream().filter(PlaneUse::grouped).toList();
    Stage.ApplyParams apply = Stage.ApplyParams.of(plan.decode(), plan.form(), plan.planes());
    List<Stage> stages = new ArrayList<>();
    stages.add(new Stage.StreamCodes(plan.layout().bits(), plan.layout().cells()));
    if (!grouped.isEmpty()) {
      stages.add(new Stage.StreamParams(grouped));
    }
    stages.add(new Stage.StreamActivations());
    stages.add(new Stage.LoadFragment(plan.form()));
    stages.add(new Stage.Unpack(plan.layout().bits(), plan.decode(), plan.layout().extracts(plan.decode()),
        Stage.Unpack.zero(plan.decode(), plan.planes())));
    if (apply.needsSum()) {
      stages.add(new Stage.SumActivations(plan.form()));
    }
    stages.add(new Stage.Mma(plan.form()));
    stages.add(apply);
    stages.add(new Stage.ReduceWarps());
    stages.add(new Stage.ReduceSplits());
    stages.add(new Stage.StoreTile(plan.y(), plan.kernel().epilogue()));
    return new KernelIr(plan.kernel().name(), stages);
  }
}
