package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.runtime.api.ParamPlane.Role;

/** Emits how accumulators become totals: scales, zero points and offsets, applied in f32 once for each group or once in all. */
final class ApplyParamsEmitter {
  private ApplyParamsEmitter() {
  }

  static StagePart emit(Stage.ApplyParams stage) {
    StringBuilder functions = new StringBuilder();
    stage.planes().stream().map(u -> PairText.conversions(u.plane().type())).distinct().forEach(functions::append);
    StringBuilder setup = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      functions.append(PairText.function(use.name(), use.plane().type()));
      setup.append(ParamText.preload(use));
    }
    functions.append(apply(stage));
    return StagePart.empty()
        .constants(constants(stage))
        .functions(functions.toString())
        .setup(setup.toString())
        .fragment(stage.grouped() ? groupFlush(stage) : "")
        .finish(stage.grouped() ? late(stage) ? FACTOR : "" : finalFlush(stage));
  }

  private static String constants(Stage.ApplyParams stage) {
    return stage.needsSum()
        ? """
            // weight = scale * (kFactor * decoded - zero) + offset; sums of x carry kSumFactor.
            constexpr float kFactor = %s;
            constexpr float kSumFactor = %s;
            """.formatted(literal(stage.factor()), literal(stage.sumFactor()))
        : """
            // weight = scale * kFactor * decoded.
            constexpr float kFactor = %s;
            """.formatted(literal(stage.factor()));
  }

  private static String literal(double value) {
    return Float.toHexString((float) value) + "f";
  }

  private static String apply(Stage.ApplyParams stage) {
    return ParamText.functions(stage.planes()) + (stage.needsSum()
        ? """
            // total += scale * acc + shift * sum, on one 16 x kBatch tile.
            __device__ __forceinline__ void apply(float (&total)[kBatchTiles][4], const float (&acc)[kBatchTiles][4],
                                                  const float (&sum)[kBatchTiles][4], Pair scale, Pair shift) {
            #pragma unroll
              for (int b = 0; b < kBatchTiles; ++b) {
                total[b][0] += scale.low * acc[b][0] + shift.low * sum[b][0];
                total[b][1] += scale.low * acc[b][1] + shift.low * sum[b][1];
                total[b][2] += scale.high * acc[b][2] + shift.high * sum[b][2];
                total[b][3] += scale.high * acc[b][3] + shift.high * sum[b][3];
              }
            }
            """
        : """
            // total += scale * acc, on one 16 x kBatch tile.
            __device__ __forceinline__ void apply(float (&total)[kBatchTiles][4], const float (&acc)[kBatchTiles][4], Pair scale) {
            #pragma unroll
              for (int b = 0; b < kBatchTiles; ++b) {
                total[b][0] += scale.low * acc[b][0];
                total[b][1] += scale.low * acc[b][1];
                total[b][2] += scale.high * acc[b][2];
                total[b][3] += scale.high * acc[b][3];
              }
            }
            """);
  }

  private static String groupFlush(Stage.ApplyParams stage) {
    return """
        if ((column + 16) %% kFlushK == 0) {
          const int flush = column / kFlushK;
        #pragma unroll
          for (int r = 0; r < kTiles; ++r) {
        %s    clear(acc[r]);
          }
        %s}
        """.formatted(Text.indent(4, tileFlush(stage)), stage.needsSum() ? "  clear(sum);\n" : "");
  }

  /** Whether the factor of decoding waits for the totals: where they stay far from the ends of f32 without it. */
  private static boolean late(Stage.ApplyParams stage) {
    return stage.grouped() && !stage.needsSum() && Math.abs(Math.getExponent(stage.factor())) <= LATE_EXPONENT;
  }

  private static final int LATE_EXPONENT = 32;

  private static final String FACTOR = """
      #pragma unroll
      for (int r = 0; r < kRowTiles; ++r) {
      #pragma unroll
        for (int b = 0; b < kBatchTiles; ++b) {
      #pragma unroll
          for (int i = 0; i < 4; ++i) {
            total[r][b][i] *= kFactor;
          }
        }
      }
      """;

  private static String finalFlush(Stage.ApplyParams stage) {
    return """
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
        %s}
        """.formatted(Text.indent(2, tileFlush(stage)));
  }

  private static String tileFlush(Stage.ApplyParams stage) {
    return parameters(stage) + (stage.needsSum()
        ? "apply(total[r], acc[r], sum, " + scale(stage) + ", shift);\n"
        : "apply(total[r], acc[r], " + scale(stage) + ");\n");
  }

  /** Statements that declare what {@code apply} is called with for row tile r: a pair {@code s} and, with sums, {@code shift}. */
  static String parameters(Stage.ApplyParams stage) {
    StringBuilder text = new StringBuilder();
    List<String> scales = new ArrayList<>();
    Optional<String> zero = Optional.empty();
    Optional<String> offset = Optional.empty();
    for (PlaneUse use : stage.planes()) {
      String value = use.name() + "_now";
      text.append(ParamText.fetch(use, value));
      if (use.plane().role() == Role.SCALE) {
        scales.add(value);
      } else if (use.plane().role() == Role.ZERO) {
        zero = Optional.of(value);
      } else {
        offset = Optional.of(value);
      }
    }
    text.append("const Pair s = {").append(product(scales, "low")).append(", ").append(product(scales, "high"))
        .append("};\n");
    if (stage.needsSum()) {
      text.append("const Pair shift = {").append(shift(zero, offset, "low")).append(", ")
          .append(shift(zero, offset, "high")).append("};\n");
    }
    return text.toString();
  }

  /** What accumulators are multiplied by, in terms of {@link #parameters}. */
  static String scale(Stage.ApplyParams stage) {
    return late(stage) ? "s" : "{s.low * kFactor, s.high * kFactor}";
  }

  private static String product(List<String> scales, String half) {
    return String.join(" * ", scales.stream().map(s -> s + "." + half).toList());
  }

  private static String shift(Optional<String> zero, Optional<String> offset, String half) {
    String product = zero.map(z -> "s." + half + " * " + z + "." + half).orElse("0");
    return "(" + offset.map(o -> o + "." + half).orElse("0") + " - " + product + ") * kSumFactor";
  }
}
