package org.bitloom.codegen;

import java.util.Optional;

import org.bitloom.codegen.cuda.CudaEmitter;
import org.bitloom.codegen.cuda.IntegerMmaEmitter;
import org.bitloom.codegen.cuda.KernelHeader;
import org.bitloom.codegen.cuda.QuantizerEmitter;
import org.bitloom.codegen.cuda.RingEmitter;
import org.bitloom.codegen.cuda.SignEmitter;
import org.bitloom.codegen.cuda.WarpgroupEmitter;
import org.bitloom.codegen.family.DequantMma;
import org.bitloom.codegen.family.DequantWgmma;
import org.bitloom.codegen.family.IntegerMma;
import org.bitloom.codegen.family.IntegerWgmma;
import org.bitloom.codegen.family.SignKernels;
import org.bitloom.codegen.ir.IntegerIr;
import org.bitloom.codegen.ir.IntegerWgmmaIr;
import org.bitloom.codegen.ir.KernelIr;
import org.bitloom.codegen.ir.LoweredKernel;
import org.bitloom.codegen.ir.SignIr;
import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.StreamOrder;

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
        // The kernels of all families start early, and wait.
        plan.families().stream().map(own -> new KernelVariant(own.family(), cuda(plan, own, origin),
            StreamOrder.KERNEL, own.space(), quantizer(plan, own))).toList());
  }

  /** The stages of a plan in one of its families. */
  public static LoweredKernel lower(KernelPlan plan, FamilyPlan family) {
    return switch (family) {
      case FamilyPlan.DequantMma own -> DequantMma.lower(plan, own);
      case FamilyPlan.DequantWgmma own -> DequantWgmma.lower(plan, own);
      case FamilyPlan.Signs own -> SignKernels.lower(plan, own);
      case FamilyPlan.SignsWgmma own -> DequantWgmma.lower(plan, own);
      case FamilyPlan.IntegerMma own -> IntegerMma.lower(plan, own);
      case FamilyPlan.IntegerWgmma own -> IntegerWgmma.lower(plan, own);
    };
  }

  private static Optional<ActivationQuantizer> quantizer(KernelPlan plan, FamilyPlan family) {
    return switch (family) {
      case FamilyPlan.DequantMma _ -> Optional.empty();
      case FamilyPlan.DequantWgmma _ -> Optional.empty();
      case FamilyPlan.Signs _ -> Optional.empty();
      case FamilyPlan.SignsWgmma _ -> Optional.empty();
      case FamilyPlan.IntegerMma own ->
        Optional.of(QuantizerEmitter.emit(own.code(), own.form(), own.run(), plan.x()));
      case FamilyPlan.IntegerWgmma own ->
        Optional.of(QuantizerEmitter.emit(own.code(), own.form(), own.run(), plan.x()));
    };
  }

  private static String cuda(KernelPlan plan, FamilyPlan family, String origin) {
    String declaration = Printer.print(plan.kernel().weights()) + "\n" + Printer.print(plan.kernel());
    String header = KernelHeader.of(plan, family, origin, declaration);
    return switch (lower(plan, family)) {
      case KernelIr ir -> CudaEmitter.emit(ir, header);
      case WarpgroupIr ir -> WarpgroupEmitter.emit(ir, header);
      case SignIr ir -> SignEmitter.emit(ir, header);
      case IntegerIr ir -> IntegerMmaEmitter.emit(ir, header);
      case IntegerWgmmaIr ir -> RingEmitter.emit(ir, header);
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
