package org.bitloom.codegen.family;

import org.bitloom.codegen.ir.IntegerIr;
import org.bitloom.codegen.ir.IntegerIr.Line;
import org.bitloom.codegen.ir.IntegerIr.Signedness;
import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.ByteFragments;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.runtime.api.OperandForm;

/**
 * The families for quantized activations at small batches. Both multiply exactly in s32: plane-mma bit planes with AND and
 * population count, byte-mma unsigned bytes of weights with bytes of activations, signed or not. What weights and activations
 * stand for, {@code step * operand + low}, is applied to the sums (AP-LLM; docs/formats.md, "Integer activations").
 */
public final class IntegerMma {
  private IntegerMma() {
  }

  /** The stages of {@code plan} in this family. */
  public static IntegerIr lower(KernelPlan plan, FamilyPlan.IntegerMma own) {
    boolean planes = own.form() == OperandForm.PLANES;
    return new IntegerIr(plan.kernel().name(), plan.layout().bits(), plan.layout().cells(), operand(plan.layout(), own),
        planes ? own.code().bits() : 1, own.code().isValue(own.form()) ? Signedness.SIGNED : Signedness.UNSIGNED,
        own.weights(), new Line(own.code().step(own.form()), own.code().low(own.form())), own.planes(),
        new Stage.StoreTile(plan.y(), plan.kernel().epilogue()));
  }

  private static WeightOperand operand(WeightLayout layout, FamilyPlan.IntegerMma own) {
    return switch (own.form()) {
      case PLANES -> new WeightOperand.Planes();
      case BYTES -> layout.isPlanes()
          ? new WeightOperand.BytesOfPlanes(ByteFragments.ofPlanes(layout.bits()))
          : new WeightOperand.BytesOfCodes(ByteFragments.ofCodes(layout));
    };
  }
}
