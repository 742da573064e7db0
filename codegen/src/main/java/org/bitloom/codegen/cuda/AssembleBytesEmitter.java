package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.ir.IntegerStage;

/** Emits how the words of weights become bytes. */
final class AssembleBytesEmitter {
  private AssembleBytesEmitter() {
  }

  static RingPart emit(IntegerStage.AssembleBytes stage) {
    boolean planes = stage.operand() instanceof WeightOperand.BytesOfPlanes;
    return RingPart.of()
        .constants("""
            constexpr int kWeightPlanes = 1;
            constexpr int kSteps = %s;                          // instructions along k that are unpacked together
            """.formatted(planes ? 4 : 2))
        .functions(IntegerUnpackEmitter.emit(stage.operand()) + """
            // Operand A of four instructions: half `h` of the 256 k.
            __device__ __forceinline__ void assemble(const u32 (&words)[kCodeBits * kCells], int h, u32 (&a)[4][4]) {
              u32 parts[4 / kSteps][kSteps][kWeightPlanes][4];
            #pragma unroll
              for (int part = 0; part < 4 / kSteps; ++part) {
                unpack(words, h * (4 / kSteps) + part, parts[part]);
              }
            #pragma unroll
              for (int i = 0; i < 16; ++i) {
                a[i / 4][i % 4] = parts[i / 4 / kSteps][i / 4 % kSteps][0][i % 4];
              }
            }
            """);
  }
}
