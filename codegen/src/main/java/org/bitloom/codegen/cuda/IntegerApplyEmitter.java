package org.bitloom.codegen.cuda;

import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.IntegerIr;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.layout.OperandOrder;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;

/**
 * Emits how sums of operands become results: first integers, exactly and modulo 2^32, then one multiplication by the scales. Parameters of
 * groups are applied to the sums of each group as it ends.
 */
final class IntegerApplyEmitter {
  private IntegerApplyEmitter() {
  }

  static String constants(IntegerIr ir) {
    return ir.grouped() ? StreamParamsEmitter.flushes(ir.planes().stream().filter(PlaneUse::grouped).toList()) : "";
  }

  static String functions(IntegerIr ir) {
    StringBuilder text = new StringBuilder("""
        // Two numbers for the rows g and g + 8 of a tile.
        struct Pair {
          float low, high;
        };
        """);
    ir.planes().stream().map(use -> PairText.conversions(use.plane().type())).distinct().forEach(text::append);
    for (PlaneUse use : ir.planes()) {
      text.append(PairText.function(use.name(), use.plane().type())).append(fetch(use));
    }
    return text.append("\n").toString();
  }

  /** A function {@code Pair NAME_at(plane, tile, groups, group, g)}. */
  private static String fetch(PlaneUse use) {
    ParamType type = use.plane().type();
    if (use.plane().grouping() instanceof Grouping.Tensor) {
      String load = switch (type.storedBits()) {
        case 32 -> "*reinterpret_cast<const u32*>(plane)";
        case 16 -> "*reinterpret_cast<const u16*>(plane)";
        default -> "*plane";
      };
      return """
          __device__ __forceinline__ Pair %1$s_at(const u8* plane, int tile, int groups, int group, int g) {
            const float v = %1$s_pair(%2$s, 0, 0).low;
            return {v, v};
          }
          """.formatted(use.name(), load);
    }
    return """
        // The numbers of rows g and g + 8, from %1$s[n/16][groups][8][2] of %2$s bits each.
        __device__ __forceinline__ Pair %1$s_at(const u8* plane, int tile, int groups, int group, int g) {
          const u32* from = reinterpret_cast<const u32*>(plane + (static_cast<u64>(tile) * groups + group) * %3$s + %4$s);
          return %1$s_pair(from[0], %5$s, g);
        }
        """
        .formatted(use.name(), type.storedBits(), 16 * type.storedBits() / 8, PairText.byteInGroup(type, "g"),
            type.storedBits() == 32 ? "from[1]" : "0");
  }

  static String declare(IntegerIr ir) {
    if (!ir.grouped()) {
      return "";
    }
    return "  float total[kRowTiles][kAccTiles][4] = {};\n" + (needsSum(ir)
        ? """
              // Sums of activations over k, as accumulators of an MMA against ones: every row holds the sum of its column.
              const u32 ones[4] = {0x%1$08xu, 0x%1$08xu, 0x%1$08xu, 0x%1$08xu};
              u32 sum_of_x[kAccTiles][4] = {};
            """
            .formatted(OperandOrder.bitOfEach(0))
        : "");
  }

  /** In a grouped kernel: whether sums of the activations of each group are needed. */
  private static boolean needsSum(IntegerIr ir) {
    return ir.weights().low() != 0 || ir.planes().stream().anyMatch(use -> use.plane().role() != Role.SCALE);
  }

  static String sum(IntegerIr ir) {
    return ir.grouped() && needsSum(ir) ? "mma(sum_of_x[tile], ones, b);\n" : "";
  }

  private static Optional<PlaneUse> only(IntegerIr ir, Role role) {
    return ir.planes().stream().filter(use -> use.plane().role() == role).findFirst();
  }

  private static List<String> scales(IntegerIr ir, String half) {
    return ir.planes().stream().filter(use -> use.plane().role() == Role.SCALE).map(use -> use.name() + "_now." + half)
        .toList();
  }

  /** At the end of each group: totals of f32 grow by the scaled integers of the group. */
  static String flush(IntegerIr ir) {
    StringBuilder fetches = new StringBuilder();
    for (PlaneUse use : ir.planes()) {
      fetches.append(switch (use.plane().grouping()) {
        case Grouping.Group group -> {
          String groups = "(k + %1$s - 1) / %1$s".formatted(group.size());
          yield "const Pair %1$s_now = %1$s_at(%1$s, at.tile(r), %2$s, min((stage * kStageK + column) / %3$s, %2$s - 1), at.lane / 4);\n"
              .formatted(use.name(), groups, group.size());
        }
        case Grouping.Row _,Grouping.Tensor _ ->
          "const Pair %1$s_now = %1$s_at(%1$s, at.tile(r), 1, 0, at.lane / 4);\n".formatted(use.name());
      });
    }
    return """
        const int column = u * kUnitK + (block * kSteps + step) * 2 * kFeaturesOfChunk;
        if ((column + 2 * kFeaturesOfChunk) %% kFlushK == 0) {
        #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
        %s#pragma unroll
            for (int t = 0; t < kAccTiles; ++t) {
        #pragma unroll
              for (int i = 0; i < 4; ++i) {
        %s        acc[r][0][t][i] = 0;
              }
            }
          }
        %s}
        """.formatted(Text.indent(4, fetches.toString()), Text.indent(8, group(ir)), needsSum(ir)
        ? """
            #pragma unroll
              for (int t = 0; t < kAccTiles; ++t) {
                sum_of_x[t][0] = sum_of_x[t][1] = sum_of_x[t][2] = sum_of_x[t][3] = 0;
              }
            """
        : "");
  }

  private static String group(IntegerIr ir) {
    String sum = needsSum(ir) ? " + kWeightLow * sum_of_x[t][i]" : "";
    StringBuilder text = new StringBuilder(
        "u32 product = kWeightStep * acc[r][0][t][i]%s;\n".formatted(sum));
    String high = "i >= 2 ? %1$s_now.high : %1$s_now.low";
    Optional<PlaneUse> zero = only(ir, Role.ZERO);
    if (zero.isPresent() && zero.get().plane().type() instanceof ParamType.Int) {
      text.append("product -= static_cast<int>(%s) * sum_of_x[t][i];\n".formatted(high.formatted("zero")));
    }
    text.append("float v = static_cast<float>(static_cast<int>(product));\n");
    if (zero.isPresent() && zero.get().plane().type() instanceof ParamType.Float) {
      text.append(
          "v -= (%s) * static_cast<float>(static_cast<int>(sum_of_x[t][i]));\n".formatted(high.formatted("zero")));
    }
    text.append("v *= i >= 2 ? %s : %s;\n".formatted(String.join(" * ", scales(ir, "high")),
        String.join(" * ", scales(ir, "low"))));
    if (only(ir, Role.OFFSET).isPresent()) {
      text.append(
          "v += (%s) * static_cast<float>(static_cast<int>(sum_of_x[t][i]));\n".formatted(high.formatted("offset")));
    }
    return text.append("total[r][t][i] += v;\n").toString();
  }

  /** Parameters of the row whose results a thread stores, read before the pipeline starts. */
  static String row(IntegerIr ir) {
    if (ir.grouped()) {
      return "";
    }
    StringBuilder text = new StringBuilder("const int row_or_last = min(row, n - 1);\n");
    if (ir.activations().low() != 0) {
      text.append(
          "const u32 sum_of_w = reinterpret_cast<const u32*>(zero)[row_or_last / 16 * 16 + row_or_last % 8 * 2 + row_or_last % 16 / 8];\n");
    }
    for (PlaneUse use : ir.planes()) {
      text.append("const Pair %1$s_pair_now = %1$s_at(%1$s, row_or_last / 16, 1, 0, row_or_last %% 8);\n"
          .formatted(use.name()));
      text.append("const float %1$s_now = row_or_last %% 16 < 8 ? %1$s_pair_now.low : %1$s_pair_now.high;\n"
          .formatted(use.name()));
    }
    return text.toString();
  }

  /** One result {@code v} of {@code sum}, the sum of its operands' products, or of its scaled groups. */
  static String apply(IntegerIr ir) {
    if (ir.grouped()) {
      return "float v = sum * __int_as_float(token.y);\n";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "const u32 sum_of_x = kActivationStep * static_cast<u32>(token.x) + k * kActivationLow;  // of the values\n");
    text.append("u32 product = kWeightStep * kActivationStep * sum%s + kWeightLow * sum_of_x;\n"
        .formatted(ir.activations().low() != 0 ? " + kWeightStep * kActivationLow * sum_of_w" : ""));
    Optional<PlaneUse> zero = only(ir, Role.ZERO);
    if (zero.isPresent() && zero.get().plane().type() instanceof ParamType.Int) {
      text.append("product -= static_cast<int>(zero_now) * sum_of_x;\n");
    }
    text.append("float exact = static_cast<float>(static_cast<int>(product));\n");
    if (zero.isPresent() && zero.get().plane().type() instanceof ParamType.Float) {
      text.append("exact -= zero_now * static_cast<float>(static_cast<int>(sum_of_x));\n");
    }
    String scales = ir.planes().stream().filter(use -> use.plane().role() == Role.SCALE).map(use -> use.name() + "_now")
        .reduce((a, b) -> a + " * " + b).orElseThrow();
    text.append("float v = exact * (%s * __int_as_float(token.y));\n".formatted(scales));
    if (only(ir, Role.OFFSET).isPresent()) {
      text.append("v += offset_now * __int_as_float(token.y) * static_cast<float>(static_cast<int>(sum_of_x));\n");
    }
    return text.toString();
  }
}
