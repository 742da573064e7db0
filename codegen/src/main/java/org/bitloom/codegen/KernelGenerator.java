package org.bitloom.codegen;

import org.bitloom.codegen.cuda.CudaEmitter;
import org.bitloom.codegen.cuda.KernelHeader;
import org.bitloom.codegen.family.DequantMma;
import org.bitloom.codegen.ir.KernelIr;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;

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
    return new KernelUnit(plan.kernel().name(), plan.family().title(), cuda(plan, origin), plan.format(),
        plan.layout().info(), plan.x(), plan.y(), plan.kernel().epilogue().stream().map(KernelGenerator::op).toList(),
        plan.space());
  }

  /** The stages of a plan. */
  public static KernelIr lower(KernelPlan plan) {
    return switch (plan.family()) {
      case DEQUANT_MMA -> DequantMma.lower(plan);
    };
  }

  private static String cuda(KernelPlan plan, String origin) {
    String declaration = Printer.print(plan.kernel().weights()) + "\n" + Printer.print(plan.kernel());
    return CudaEmitter.emit(lower(plan), KernelHeader.of(plan, origin, declaration));
  }

  private static EpilogueOp op(Epilogue epilogue) {
    return switch (epilogue) {
      case BIAS -> EpilogueOp.BIAS;
      case SILU -> EpilogueOp.SILU;
      case GELU -> EpilogueOp.GELU;
    };
  }
}
