package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;

/** Emits how accumulators become totals: scales, zero points and offsets, applied in f32 once for each group or once in all. */
final class ApplyParamsEmitter {
  private ApplyParamsEmitter() {
  }

  static StagePart emit(Stage.ApplyParams stage) {
    StringBuilder functions = new StringBuilder("""
        // Two numbers for the rows g and g + 8 that a lane accumulates.
        struct Pair {
          float low, high;
        };
        """);
    stage.planes().stream().map(u -> PairText.conversions(u.plane().type())).distinct().forEach(functions::append);
    StringBuilder setup = new StringBuilder();
    for (PlaneUse use : stage.planes()) {
      functions.append(PairText.function(use.name(), use.plane().type()));
      setup.append(preload(use));
    }
    functions.append(apply(stage));
    return StagePart.of(PtxInstruction.F16_TO_F32)
        .constants(constants(stage))
        .functions(functions.toString())
        .setup(setup.toString())
        .fragment(stage.grouped() ? groupFlush(stage) : "")
        .finish(stage.grouped() ? "" : finalFlush(stage));
  }

  private static String constants(Stage.ApplyParams stage) {
    StringBuilder text = new StringBuilder();
    text.append("// weight = scale * (kFactor * decoded - kShift - zero) + offset; sums of x carry kSumFactor.\n");
    text.append("constexpr float kFactor = ").append(literal(stage.factor())).append(";\n");
    if (stage.needsSum()) {
      text.append("constexpr float kShift = ").append(literal(stage.shift())).append(";\n");
      text.append("constexpr float kSumFactor = ").append(literal(stage.sumFactor())).append(";\n");
    }
    return text.toString();
  }

  private static String literal(double value) {
    return Float.toHexString((float) value) + "f";
  }

  /** Row and tensor parameters are fetched before the pipeline starts and wait in registers. */
  private static String preload(PlaneUse use) {
    return switch (use.plane().grouping()) {
      case Grouping.Group g -> "";
      case Grouping.Tensor t -> """
          const Pair %1$s_all = %1$s_pair(load_number<%2$d>(%1$s), 0, 0);
          """.formatted(use.name(), use.plane().type().storedBits());
      case Grouping.Row r -> """
          u32 %1$s_words[kRowTiles][2];
          #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
            const u8* from = %1$s + static_cast<u64>(at.tile(r)) * %2$d + %3$s;
            %1$s_words[r][0] = reinterpret_cast<const u32*>(from)[0];
            %1$s_words[r][1] = %4$s;
          }
          """.formatted(use.name(), 16 * use.plane().type().storedBits() / 8,
          PairText.byteInGroup(use.plane().type(), "at.lane / 4"),
          use.plane().type() == ParamType.Float.F32 ? "reinterpret_cast<const u32*>(from)[1]" : "0");
    };
  }

  private static String apply(Stage.ApplyParams stage) {
    String tensor = stage.planes().stream().anyMatch(u -> u.plane().grouping() instanceof Grouping.Tensor)
        ? """
            // One number of `Bits` bits at the start of a section.
            template <int Bits>
            __device__ __forceinline__ u32 load_number(const u8* from) {
              return Bits == 32 ? *reinterpret_cast<const u32*>(from) : Bits == 16 ? *reinterpret_cast<const u16*>(from) : *from;
            }
            """
        : "";
    return tensor + (stage.needsSum()
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
          for (int r = 0; r < kRowTiles; ++r) {
        %s    clear(acc[r]);
          }
        %s}
        """.formatted(Text.indent(4, tileFlush(stage)), stage.needsSum() ? "  clear(sum);\n" : "");
  }

  private static String finalFlush(Stage.ApplyParams stage) {
    return """
        #pragma unroll
        for (int r = 0; r < kRowTiles; ++r) {
        %s}
        """.formatted(Text.indent(2, tileFlush(stage)));
  }

  private static String tileFlush(Stage.ApplyParams stage) {
    StringBuilder text = new StringBuilder();
    List<String> scales = new ArrayList<>();
    Optional<String> zero = Optional.empty();
    Optional<String> offset = Optional.empty();
    for (PlaneUse use : stage.planes()) {
      String value = use.name() + "_now";
      text.append(fetch(use, value));
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
      text.append("apply(total[r], acc[r], sum, {s.low * kFactor, s.high * kFactor}, shift);\n");
    } else {
      text.append("apply(total[r], acc[r], {s.low * kFactor, s.high * kFactor});\n");
    }
    return text.toString();
  }

  private static String fetch(PlaneUse use, String value) {
    String g = "at.lane / 4";
    return switch (use.plane().grouping()) {
      case Grouping.Tensor t -> "const Pair %s = {%s_all.low, %s_all.low};\n".formatted(value, use.name(), use.name());
      case Grouping.Row r -> "const Pair %1$s = %2$s_pair(%2$s_words[r][0], %2$s_words[r][1], %3$s);\n".formatted(value,
          use.name(), g);
      case Grouping.Group group -> {
        int bytes = use.laneBytes();
        String address = "slot + k%sRing + ((r * kFlushes + flush) * 32 + at.lane) * %d"
            .formatted(CudaNames.constant(use.name()), bytes);
        yield "const Pair %s = %s_pair(load_shared(%s), %s, %s);\n".formatted(value, use.name(), address,
            bytes == 8 ? "load_shared(" + address + " + 4)" : "0", g);
      }
    };
  }

  private static String product(List<String> scales, String half) {
    return String.join(" * ", scales.stream().map(s -> s + "." + half).toList());
  }

  private static String shift(Optional<String> zero, Optional<String> offset, String half) {
    String points = zero.map(z -> "(kShift + " + z + "." + half + ")").orElse("kShift");
    String base = offset.map(o -> o + "." + half + " - ").orElse("-");
    return "(" + base + "s." + half + " * " + points + ") * kSumFactor";
  }
}
