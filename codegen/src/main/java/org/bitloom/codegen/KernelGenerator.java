package org.bitloom.codegen;

import org.bitloom.codegen.cuda.CudaEmitter;
import org.bitloom.codegen.cuda.KernelHeader;
import org.bitloom.codegen.cuda.SignEmitter;
import org.bitloom.codegen.cuda.WarpgroupEmitter;
import org.bitloom.codegen.family.DequantMma;
import org.bitloom.codegen.family.DequantWgmma;
import org.bitloom.codegen.family.SignKernels;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;

/** Plan in, kernel out: lowering and printing in one step. */
public final class KernelGenerator {
  private KernelGenerator() {
  }

  /**
   * The kernel of a plan.
   *
   * @param origin the source text's name and line, such as {@code fp6_e3m2.bl:7}
   */
  public static KernelUnit generate(KernelPlan plan, String origin) {
    return new KernelUnit(plan.kernel().name(), plan.format(), plan.layout().info(), plan.x(), plan.y(),
        plan.kernel().epilogue().stream().map(KernelGenerator::op).toList(),
        plan.families().stream()
            .map(own -> new KernelVariant(own.family(), cuda(plan, own, origin), own.order(), own.space()))
            .toList());
  }

  /** The stages of a plan in one of its families, for people. */
  public static String stages(KernelPlan plan, FamilyPlan family) {
    return switch (family) {
      case FamilyPlan.DequantMma own -> DequantMma.lower(plan, own).toString();
      case FamilyPlan.DequantWgmma own -> DequantWgmma.lower(plan, own).toString();
      case FamilyPlan.Signs own -> SignKernels.lower(plan, own).toString();
    };
  }

  private static String cuda(KernelPlan plan, FamilyPlan family, String origin) {
    String declaration = Printer.print(plan.kernel().weights()) + "\n" + Printer.print(plan.kernel());
    String header = KernelHeader.of(plan, family, origin, declaration);
    return switch (family) {
      case FamilyPlan.DequantMma own -> CudaEmitter.emit(DequantMma.lower(plan, own), header);
      case FamilyPlan.DequantWgmma own -> WarpgroupEmitter.emit(DequantWgmma.lower(plan, own), header);
      case FamilyPlan.Signs own -> SignEmitter.emit(SignKernels.lower(plan, own), header);
    };
  }

  private static EpilogueOp op(Epilogue epilogue) {
    return switch (epilogue) {
      case BIAS -> EpilogueOp.BIAS;
      case SILU -> EpilogueOp.SILU;
      case GELU -> EpilogueOp.GELU;
    };
  }
}
