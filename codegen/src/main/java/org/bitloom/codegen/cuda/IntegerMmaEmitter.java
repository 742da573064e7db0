package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.bitloom.codegen.ir.IntegerIr;
import org.bitloom.codegen.ir.IntegerIr.Signedness;
import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.QuantizedShape;

import static org.bitloom.codegen.cuda.PtxInstruction.ARRIVE_AT_COUNTER;
import static org.bitloom.codegen.cuda.PtxInstruction.BARRIER;
import static org.bitloom.codegen.cuda.PtxInstruction.COMMIT_COPIES;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16;
import static org.bitloom.codegen.cuda.PtxInstruction.COPY_16_STREAMED;
import static org.bitloom.codegen.cuda.PtxInstruction.DEPENDENT_LAUNCH;
import static org.bitloom.codegen.cuda.PtxInstruction.EVICT_FIRST;
import static org.bitloom.codegen.cuda.PtxInstruction.F16_TO_F32;
import static org.bitloom.codegen.cuda.PtxInstruction.F32_TO_BF16;
import static org.bitloom.codegen.cuda.PtxInstruction.F32_TO_F16;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED_4;
import static org.bitloom.codegen.cuda.PtxInstruction.SHARED_ADDRESS;
import static org.bitloom.codegen.cuda.PtxInstruction.WAIT_COPIES;
import static org.bitloom.codegen.cuda.Text.TYPES;

/** Prints a kernel that multiplies integers: the frame that streams codes and operands, and sums exactly in s32. */
public final class IntegerMmaEmitter {
  private IntegerMmaEmitter() {
  }

  /**
   * The text of a kernel.
   *
   * @param header a comment that says where the kernel came from
   */
  public static String emit(IntegerIr ir, String header) {
    return header + TYPES + constants(ir) + wrappers(ir) + IntegerMmaText.PLACE + IntegerMmaText.STREAMS
        + mma(ir) + IntegerUnpackEmitter.emit(ir.operand()) + IntegerApplyEmitter.functions(ir)
        + IntegerMmaText.reduce(ir.grouped()) + StoreTileEmitter.functions(ir.store()) + entry(ir);
  }

  private static String constants(IntegerIr ir) {
    boolean planes = ir.operand() instanceof WeightOperand.Planes;
    OperandForm form = planes ? OperandForm.PLANES : OperandForm.BYTES;
    int steps = switch (ir.operand()) {
      case WeightOperand.Planes _ -> 1;
      case WeightOperand.BytesOfPlanes _ -> 4;
      case WeightOperand.BytesOfCodes _ -> 2;
    };
    int blocks = switch (ir.operand()) {
      case WeightOperand.Planes _ -> ir.cells() / 4;
      case WeightOperand.BytesOfPlanes _ -> ir.cells() / 2;
      case WeightOperand.BytesOfCodes _ -> ir.cells();
    };
    return IntegerMmaText.SCHEDULE
        + """
            // Packed codes: codes[n/16][k/kUnitK][kChunks][32 lanes][16 bytes].
            constexpr int kCodeBits = %s;
            constexpr int kCells = %s;                          // cells of 16 x 64 codes in a packing unit
            constexpr int kWeightPlanes = %s;                   // planes of weights that are multiplied one by one
            constexpr int kColumnPlanes = %s;                   // planes of activations, side by side along the MMA's n
            constexpr int kBlocks = %s;                         // parts of a unit that are unpacked together
            constexpr int kSteps = %s;                          // MMA steps along k of a part
            constexpr int kWeightStep = %s, kWeightLow = %s;    // weight = kWeightStep * operand + kWeightLow
            constexpr int kActivationStep = %s, kActivationLow = %s;
            constexpr int kOperandRowK = %s;                    // input features of kOperandRowsOfK 128-byte rows of a token
            constexpr int kOperandRowsOfK = %s;
            constexpr int kReplicatedTokens = %s;               // batches up to it are stored kReplicas times
            constexpr int kReplicas = %s;
            """
            .formatted(ir.codeBits(), ir.cells(), ir.weightPlanes(), ir.columnPlanes(), blocks, steps,
                ir.weights().step(),
                ir.weights().low(), ir.activations().step(), ir.activations().low(), QuantizedShape.rowsK(form),
                planes ? ir.columnPlanes() : QuantizedShape.rowsK(form) / QuantizedShape.ROW_BYTES,
                QuantizedShape.REPLICATED_TOKENS, QuantizedShape.REPLICAS)
        + IntegerMmaText.SHAPES
        + IntegerApplyEmitter.constants(ir) + "\n";
  }

  private static String wrappers(IntegerIr ir) {
    Set<PtxInstruction> used = EnumSet.of(SHARED_ADDRESS, EVICT_FIRST, COPY_16_STREAMED, COPY_16, COMMIT_COPIES,
        WAIT_COPIES, DEPENDENT_LAUNCH, BARRIER, LOAD_SHARED_4, F16_TO_F32, ARRIVE_AT_COUNTER,
        ir.store().y() == ActivationType.F16 ? F32_TO_F16 : F32_TO_BF16);
    return PtxInstruction.wrappers(used);
  }

  private static MmaAtom atom(IntegerIr ir) {
    if (ir.operand() instanceof WeightOperand.Planes) {
      return MmaAtom.M16N8K256_B1_AND;
    }
    return ir.activationBytes() == Signedness.SIGNED ? MmaAtom.M16N8K32_U8S8 : MmaAtom.M16N8K32_U8;
  }

  private static String mma(IntegerIr ir) {
    MmaAtom atom = atom(ir);
    return """
        // acc[16 x 8] += a[16 x %1$s] * b[%1$s x 8] (PTX ISA %2$s).
        __device__ __forceinline__ void mma(int (&acc)[4], const u32 (&a)[4], const u32 (&b)[2]) {
          asm("%3$s {%%0, %%1, %%2, %%3}, {%%4, %%5, %%6, %%7}, {%%8, %%9}, {%%0, %%1, %%2, %%3};"
              : "+r"(acc[0]), "+r"(acc[1]), "+r"(acc[2]), "+r"(acc[3])
              : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
        }

        """.formatted(atom.k(), atom.section(), atom.mnemonic());
  }

  private static String entry(IntegerIr ir) {
    List<String> flush = new ArrayList<>();
    if (ir.grouped()) {
      flush.add(IntegerApplyEmitter.flush(ir));
    }
    return IntegerMmaText.ENTRY
        .replace("%entry%", ir.entry())
        .replace("%declare%", IntegerApplyEmitter.declare(ir))
        .replace("%row%", Text.indent(2, IntegerApplyEmitter.row(ir)))
        .replace("%sum%", Text.indent(14, IntegerApplyEmitter.sum(ir)))
        .replace("%flush%", Text.indent(12, String.join("", flush)))
        .replace("%recover%", Text.indent(2, IntegerMmaText.leaveSums(ir.grouped())))
        .replace("%apply%", Text.indent(6, IntegerApplyEmitter.apply(ir) + StoreTileEmitter.steps(ir.store())))
        .replace("%round%", ir.store().y() == ActivationType.F16 ? "f32_to_f16" : "f32_to_bf16");
  }
}
