package org.bitloom.codegen.family;

import org.bitloom.codegen.ir.SignIr;
import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;

/**
 * The families for binary-coded weights. {@code digit-mma}, tiles of 8 to 32 batch columns: signs become bytes, activations two
 * digits of 8 bits each, and integer Tensor Cores add them up exactly. {@code bit-mma}, batch 1 and 2: activations become 16 bits
 * each, and binary Tensor Cores count where signs meet them, so that signs are operands nearly as they lie. {@code lut-gemv}, tiles
 * of 1 and 2 columns: four signs at a time look a sum of activations up. These three apply scales and offsets in f32, once for each
 * group. {@code sign-mma}, batch 2 and more in tiles of 8 to 64 columns: weights are put together, looked up in registers where groups
 * have 128 features and more, so that Tensor Cores multiply once and not for each plane; on Hopper, {@link DequantWgmma} does so by
 * warpgroups. All read as many planes as they are told to.
 */
public final class SignKernels {
  private SignKernels() {
  }

  /** The stages of {@code plan} in this family. */
  public static SignIr lower(KernelPlan plan, FamilyPlan.Signs own) {
    SignStage.StreamSigns stream = new SignStage.StreamSigns(plan.layout().planes(), own.groups(), own.offsets());
    Stage.StoreTile store = new Stage.StoreTile(plan.y(), plan.kernel().epilogue());
    return switch (own.space().family()) {
      case DIGIT_MMA -> new SignIr(plan.kernel().name(), stream, new SignStage.SplitActivations(plan.x()),
          new SignStage.MultiplyDigits(), store);
      case BIT_MMA -> new SignIr(plan.kernel().name(), stream, new SignStage.TransposeActivations(plan.x()),
          new SignStage.MultiplyBits(), store);
      case SIGN_MMA -> new SignIr(plan.kernel().name(), stream,
          new SignStage.StreamX(plan.x()), new SignStage.MultiplyWeights(), store);
      case LUT_GEMV -> new SignIr(plan.kernel().name(), stream, new SignStage.TabulateActivations(plan.x()),
          new SignStage.LookUpSums(), store);
    };
  }
}
