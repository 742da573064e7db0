package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;

import static org.bitloom.codegen.cuda.PtxInstruction.COPY_SMALL;
import static org.bitloom.codegen.cuda.PtxInstruction.LOAD_SHARED;

/** Emits the stream of group parameters: for each tile and group the word that holds a lane's pair of rows g and g + 8. */
final class StreamParamsEmitter {
  private StreamParamsEmitter() {
  }

  static StagePart emit(Stage.StreamParams stage) {
    StringBuilder constants = new StringBuilder("""
        // Parameters change every kFlushK features at most: the greatest common divisor of the groups and the stage.
        __device__ constexpr int gcd(int a, int b) { return b == 0 ? a : gcd(b, a % b); }
        """);
    StringBuilder flush = new StringBuilder("kStageK");
    StringBuilder functions = new StringBuilder();
    StringBuilder setup = new StringBuilder();
    StringBuilder issue = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      flush.insert(0, "gcd(").append(", ").append(use.groupSize()).append(")");
    }
    constants.append("constexpr int kFlushK = ").append(flush).append(";\n");
    constants.append("constexpr int kFlushes = kStageK / kFlushK;\n");
    StringBuilder offset = new StringBuilder("kCodeBytes");
    for (PlaneUse use : stage.planes()) {
      String upper = CudaNames.constant(use.name());
      constants.append("constexpr int k%sGroup = %d;\n".formatted(upper, use.groupSize()));
      constants.append("constexpr int k%sRing = %s;  // place in a ring slot\n".formatted(upper, offset));
      offset.append(" + kRowTiles * kFlushes * ").append(32 * use.laneBytes());
      functions.append(stream(use, upper));
      setup.append("const int %s_groups = (k + k%sGroup - 1) / k%sGroup;\n".formatted(use.name(), upper, upper));
      issue.append("stream_%s(%s, %s_groups, slots + into * kSlotBytes, at, next);\n".formatted(use.name(), use.name(),
          use.name()));
    }
    constants.append("constexpr int kParamBytes = ").append(offset).append(" - kCodeBytes;\n");
    return StagePart.of(COPY_SMALL, LOAD_SHARED)
        .constants(constants.toString())
        .functions(functions.toString())
        .setup(setup.toString())
        .issue(issue.toString());
  }

  private static String stream(PlaneUse use, String upper) {
    int bits = use.plane().type().storedBits();
    return """
        // Starts the copies of one stage of %1$s[n/16][groups][8][2], %2$d bits each.
        __device__ __forceinline__ void stream_%1$s(const u8* plane, int groups, u32 to, const Place& at, int stage) {
        #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
        #pragma unroll
            for (int f = 0; f < kFlushes; ++f) {
              const int group = min((stage * kStageK + f * kFlushK) / k%3$sGroup, groups - 1);
              const u64 byte = (static_cast<u64>(at.tile(r)) * groups + group) * %4$d + %5$s;
              copy_small<%6$d>(to + k%3$sRing + ((r * kFlushes + f) * 32 + at.lane) * %6$d, plane + byte);
            }
          }
        }
        """.formatted(use.name(), bits, upper, 16 * bits / 8, PairText.byteInGroup(use.plane().type(), "at.lane / 4"),
        use.laneBytes());
  }
}
