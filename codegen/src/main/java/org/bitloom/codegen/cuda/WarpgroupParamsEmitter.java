package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_4;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED;

/** Emits the stream of group parameters of a warpgroup kernel, by the warps that copy for others. */
final class WarpgroupParamsEmitter {
  private WarpgroupParamsEmitter() {
  }

  static StagePart emit(Stage.StreamParams stage) {
    StringBuilder functions = new StringBuilder();
    StringBuilder setup = new StringBuilder();
    StringBuilder issue = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      String name = use.name();
      String upper = CudaNames.constant(name);
      functions.append(stream(use, upper));
      setup.append("const int %1$s_groups = (k + k%2$sGroup - 1) / k%2$sGroup;\n".formatted(name, upper));
      issue.append("stream_%1$s(%1$s, %1$s_groups, to, at, stage);\n".formatted(name));
    }
    return StagePart.of(COPY_4, LOAD_SHARED)
        .constants(StreamParamsEmitter.constants(stage))
        .functions(functions.toString())
        .setup(setup.toString())
        .weights(issue.toString());
  }

  private static String stream(PlaneUse use, String upper) {
    return """
        // Starts the copies of one stage of %1$s[n/16][groups][8][2], %2$s bits each.
        __device__ __forceinline__ void stream_%1$s(const u8* %1$s, int groups, u32 to, const Place& at, int stage) {
        #pragma unroll
          for (int i = 0; i < k%3$sCopies; ++i) {
            const int word = i * 32 + at.lane;
            if (k%3$sStageWords %% 32 == 0 || word < k%3$sStageWords) {
              const int group = min((stage * kStageK + word / k%3$sWords %% kFlushes * kFlushK) / k%3$sGroup, groups - 1);
              const u64 place = static_cast<u64>(at.tile(word / k%3$sWords / kFlushes)) * groups + group;
              copy_4(to - at.lane * 12 + k%3$sRing + i * 128, %1$s + (place * k%3$sWords + word %% k%3$sWords) * 4);
            }
          }
        }
        """
        .formatted(use.name(), use.plane().type().storedBits(), upper);
  }
}
