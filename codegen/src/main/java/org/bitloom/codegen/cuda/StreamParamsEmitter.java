package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_4;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED;

/** Emits the stream of group parameters: for each tile and group the word that holds a lane's pair of rows g and g + 8. */
final class StreamParamsEmitter {
  private StreamParamsEmitter() {
  }

  static StagePart emit(Stage.StreamParams stage) {
    StringBuilder functions = new StringBuilder();
    StringBuilder setup = new StringBuilder();
    StringBuilder issue = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      String upper = CudaNames.constant(use.name());
      functions.append(stream(use, upper));
      setup.append(setup(use, upper));
      issue.append(
          "stream_%s(%s_from, %s_groups, slots + into * kSlotBytes, at, stage);\n".formatted(use.name(), use.name(),
              use.name()));
    }
    return StagePart.of(COPY_4, LOAD_SHARED)
        .constants(constants(stage))
        .functions(functions.toString())
        .setup(setup.toString())
        .weights(issue.toString());
  }

  /** Where parameters lie in a ring slot, behind its codes. */
  static String constants(Stage.StreamParams stage) {
    StringBuilder constants = new StringBuilder("""
        // Parameters change every kFlushK features at most: the greatest common divisor of the groups and the stage.
        __device__ constexpr int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
        """);
    StringBuilder flush = new StringBuilder("kStageK");
    for (PlaneUse use : stage.planes()) {
      flush.insert(0, "gcd(").append(", ").append(use.groupSize()).append(")");
    }
    constants.append("constexpr int kFlushK = ").append(flush).append(";\n");
    constants.append("constexpr int kFlushes = kStageK / kFlushK;\n");
    StringBuilder offset = new StringBuilder("kCodeBytes");
    for (PlaneUse use : stage.planes()) {
      String upper = CudaNames.constant(use.name());
      constants.append("constexpr int k%sGroup = %d;\n".formatted(upper, use.groupSize()));
      constants.append(
          "constexpr int k%sWords = %d;  // of 4 bytes, for a tile and group\n".formatted(upper, use.groupBytes() / 4));
      constants.append("constexpr int k%1$sStageWords = kRowTiles * kFlushes * k%1$sWords;\n".formatted(upper));
      constants.append(
          "constexpr int k%1$sCopies = (k%1$sStageWords + 31) / 32;  // of a lane and stage\n".formatted(upper));
      constants.append("constexpr int k%sRing = %s;  // place in a ring slot\n".formatted(upper, offset));
      offset.append(" + kRowTiles * kFlushes * ").append(use.groupBytes());
    }
    constants.append("constexpr int kParamBytes = (").append(offset).append(" - kCodeBytes + 15) / 16 * 16;\n");
    return constants.toString();
  }

  private static String setup(PlaneUse use, String upper) {
    return """
        const int %1$s_groups = (k + k%2$sGroup - 1) / k%2$sGroup;
        const u8* %1$s_from[k%2$sCopies];  // group 0 of what this lane copies
        #pragma unroll
        for (int i = 0; i < k%2$sCopies; ++i) {
          const int word = i * 32 + at.lane;
          %1$s_from[i] = %1$s + (static_cast<u64>(at.tile(word / k%2$sWords / kFlushes)) * %1$s_groups * k%2$sWords + word %% k%2$sWords) * 4;
        }
        """
        .formatted(use.name(), upper);
  }

  private static String stream(PlaneUse use, String upper) {
    return """
        // Starts the copies of one stage of %1$s[n/16][groups][8][2], %2$d bits each.
        __device__ __forceinline__ void stream_%1$s(const u8* const (&from)[k%3$sCopies], int groups, u32 to, const Place& at, int stage) {
        #pragma unroll
          for (int i = 0; i < k%3$sCopies; ++i) {
            const int word = i * 32 + at.lane;
            if (k%3$sStageWords %% 32 == 0 || word < k%3$sStageWords) {
              const int group = min((stage * kStageK + word / k%3$sWords %% kFlushes * kFlushK) / k%3$sGroup, groups - 1);
              copy_4(to + k%3$sRing + word * 4, from[i] + static_cast<u32>(group) * (k%3$sWords * 4));
            }
          }
        }
        """
        .formatted(use.name(), use.plane().type().storedBits(), upper);
  }
}
