package org.bitloom.codegen.cuda;

import java.util.List;

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
    StringBuilder advance = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      String upper = CudaNames.constant(use.name());
      functions.append(stream(use, upper));
      setup.append(setup(use, upper));
      issue.append(
          "stream_%1$s<EXTENT>(%1$s_from, %1$s_groups, lane_params + into * kSlotBytes, at, stage);\n"
              .formatted(use.name()));
      advance.append("""
          #pragma unroll
          for (int i = 0; i < k%2$sCopies; ++i) {
            %1$s_from[i] += kWarpsK * k%2$sAdvance;
          }
          """.formatted(use.name(), upper));
    }
    return StagePart.of(COPY_4, LOAD_SHARED)
        .constants(constants(stage) + advances(stage))
        .functions(functions.toString())
        .setup(setup.toString())
        .rings(
            """
                const u32 lane_params = pinned(slots + at.lane * 4);  // what this lane copies of parameters, but for their places in slot 0
                """)
        .weights(issue.toString())
        .advanceWeights(advance.toString());
  }

  /** How often parameters of {@code planes}, which all have groups, change. */
  static String flushes(List<PlaneUse> planes) {
    String flush = "kStageK";
    for (PlaneUse use : planes) {
      flush = "gcd(" + flush + ", " + use.groupSize() + ")";
    }
    return """
        // Parameters change every kFlushK features at most: the greatest common divisor of the groups and the stage.
        __device__ constexpr int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
        """ + "constexpr int kFlushK = " + flush + ";\n";
  }

  /** Where parameters lie in a ring slot, behind its codes. */
  static String constants(Stage.StreamParams stage) {
    StringBuilder constants = new StringBuilder(flushes(stage.planes()));
    constants.append("constexpr int kFlushes = kStageK / kFlushK;\n");
    StringBuilder offset = new StringBuilder("kCodeBytes");
    for (PlaneUse use : stage.planes()) {
      String upper = CudaNames.constant(use.name());
      constants.append("constexpr int k%sGroup = %s;\n".formatted(upper, use.groupSize()));
      constants.append(
          "constexpr int k%sWords = %s;  // of 4 bytes, for a tile and group\n".formatted(upper, use.groupBytes() / 4));
      constants.append("constexpr int k%1$sStageWords = kRowTiles * kFlushes * k%1$sWords;\n".formatted(upper));
      constants.append(
          "constexpr int k%1$sCopies = (k%1$sStageWords + 31) / 32;  // of a lane and stage\n".formatted(upper));
      constants.append("constexpr int k%sRing = %s;  // place in a ring slot\n".formatted(upper, offset));
      offset.append(" + kRowTiles * kFlushes * ").append(use.groupBytes());
    }
    constants.append("constexpr int kParamBytes = (").append(offset).append(" - kCodeBytes + 15) / 16 * 16;\n");
    return constants.toString();
  }

  private static String advances(Stage.StreamParams stage) {
    StringBuilder text = new StringBuilder(
        "// Bytes from the groups of a stage to those of the next, where all stages have as many; or 0.\n");
    for (PlaneUse use : stage.planes()) {
      text.append(
          "constexpr int k%1$sAdvance = kStageK %% k%1$sGroup == 0 ? kStageK / k%1$sGroup * k%1$sWords * 4 : 0;\n"
              .formatted(CudaNames.constant(use.name())));
    }
    return text.toString();
  }

  private static String setup(PlaneUse use, String upper) {
    return """
        const int %1$s_groups = (k + k%2$sGroup - 1) / k%2$sGroup;
        const u8* %1$s_from[k%2$sCopies];  // what this lane copies of the next stage, or of group 0 if the number of groups varies
        #pragma unroll
        for (int i = 0; i < k%2$sCopies; ++i) {
          const int word = i * 32 + at.lane;
          %1$s_from[i] = %1$s + (static_cast<u64>(at.tile(word / k%2$sWords / kFlushes)) * %1$s_groups * k%2$sWords + word %% k%2$sWords) * 4;
          if (k%2$sAdvance > 0) {
            %1$s_from[i] += static_cast<u64>(at.first_stage + at.warp_k) * k%2$sAdvance
                + word / k%2$sWords %% kFlushes * kFlushK / k%2$sGroup * (k%2$sWords * 4);
          }
        }
        """
        .formatted(use.name(), upper);
  }

  private static String stream(PlaneUse use, String upper) {
    return """
        // Starts the copies of one stage of %1$s[n/16][groups][8][2], %2$s bits each; past the last group that one again.
        template <Extent extent>
        __device__ __forceinline__ void stream_%1$s(const u8* const (&from)[k%3$sCopies], int groups, u32 to, const Place& at, int stage) {
        #pragma unroll
          for (int i = 0; i < k%3$sCopies; ++i) {
            const int word = i * 32 + at.lane;
            if (k%3$sStageWords %% 32 == 0 || word < k%3$sStageWords) {
              const int group = (stage * kStageK + word / k%3$sWords %% kFlushes * kFlushK) / k%3$sGroup;
              if (k%3$sAdvance > 0) {
                const int past = extent == Whole ? 0 : max(group - (groups - 1), 0);
                copy_4(to + k%3$sRing + i * 128, from[i] - static_cast<u32>(past) * (k%3$sWords * 4));
              } else {
                copy_4(to + k%3$sRing + i * 128, from[i] + static_cast<u32>(min(group, groups - 1)) * (k%3$sWords * 4));
              }
            }
          }
        }
        """
        .formatted(use.name(), use.plane().type().storedBits(), upper);
  }
}
