package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.runtime.api.ActivationType;

/** Emits the decoding of weights: the extracts of a layout, printed as shifts and masks. */
final class UnpackEmitter {
  private static final int REGISTERS = 4;

  private UnpackEmitter() {
  }

  static StagePart emit(Stage.Unpack stage) {
    StringBuilder function = new StringBuilder("""
        // Weight fragment f of a cell (operand A, 4 registers of 2 weights) from this lane's words of the unit.
        __device__ __forceinline__ void unpack(const u32 (&unit)[kCodeBits * kCells], int cell, int f, u32 (&a)[4]%s) {
          const u32* w = unit + cell%s;
          switch (f) {
        """.formatted(parameters(stage), stage.wordStride() == 1 ? " * kCodeBits" : ""));
    for (int f = 0; f < stage.extracts().size() / REGISTERS; f++) {
      function.append("    case ").append(f).append(":\n");
      for (int r = 0; r < REGISTERS; r++) {
        function.append("      a[").append(r).append("] = ").append(value(stage, f * REGISTERS + r)).append(";\n");
      }
      function.append("      break;\n");
    }
    function.append("  }\n}\n");
    return switch (stage.decode()) {
      case Decode.Placed placed -> StagePart.of().functions(function.toString());
      case Decode.Centered centered -> centered(stage, centered, function.toString());
      case Decode.Lookup lookup -> StagePart.of(PtxInstruction.LOAD_CONSTANT_SHARED)
          .constants(table(lookup))
          .functions(fill() + function)
          .setup("""
              __shared__ u32 pair_table[kPairs * 32];
              fill_pair_table(pair_table);
              const u32 pairs = shared_address(pair_table);
              """);
    };
  }

  /** The same for kernels that are instantiated more than once: what they look up is in one table of the block. */
  static StagePart instantiated(Stage.Unpack stage) {
    StagePart part = emit(stage);
    return stage.decode() instanceof Decode.Lookup
        ? part.functions(part.functions() + """
            // The table of the block.
            __device__ __forceinline__ u32* block_pair_table() {
              __shared__ u32 table[kPairs * 32];
              return table;
            }
            """).setup("""
            fill_pair_table(block_pair_table());
            const u32 pairs = shared_address(block_pair_table());
            """)
        : part;
  }

  private static StagePart centered(Stage.Unpack stage, Decode.Centered decode, String function) {
    boolean f16 = decode.register() == ActivationType.F16;
    PtxInstruction fma = f16 ? PtxInstruction.FMA_F16X2 : PtxInstruction.FMA_BF16X2;
    if (stage.zero().isEmpty()) {
      return StagePart.of(fma).functions(function);
    }
    PlaneUse zero = stage.zero().orElseThrow();
    String fetch = """
        #pragma unroll
        for (int r = 0; r < %s; ++r) {
        %s}
        """.formatted(zero.grouped() ? "kTiles" : "kRowTiles", Text.indent(2, centers(zero)));
    StagePart part = StagePart.of(fma, f16 ? PtxInstruction.F32X2_TO_F16X2 : PtxInstruction.F32X2_TO_BF16X2)
        .functions(PairText.function(zero.name(), zero.plane().type()) + ParamText.functions(List.of(zero)) + """
            // -(offset + zero point), twice, in the unit of decoded integers.
            __device__ __forceinline__ u32 center(float zero) {
              const float v = zero * %sf - %sf;
              return %s(v, v);
            }
            """.formatted(Float.toHexString((float) -decode.unit()), Float.toHexString((float) decode.center()),
            f16 ? "f32x2_to_f16x2" : "f32x2_to_bf16x2") + function);
    String declared = "u32 centers[kRowTiles][2];  // of the rows g and g + 8\n";
    return zero.grouped()
        ? part.setup(declared).fragment("""
            if (column %% kFlushK == 0) {
              const int flush = column / kFlushK;
            %s}
            """.formatted(Text.indent(2, fetch)))
        : part.setup(ParamText.preload(zero) + declared + fetch);
  }

  private static String centers(PlaneUse zero) {
    return ParamText.fetch(zero, "zero_now") + """
        centers[r][0] = center(zero_now.low);
        centers[r][1] = center(zero_now.high);
        """;
  }

  /** What has to be done at feature {@code column} of a stage, before row tile r is unpacked there: a group may begin. */
  static String beginGroup(Stage.Unpack stage, String column) {
    return stage.zero().filter(PlaneUse::grouped).map(zero -> """
        if ((%1$s) %% kFlushK == 0) {
          const int flush = (%1$s) / kFlushK;
        %2$s}
        """.formatted(column, Text.indent(2, centers(zero)))).orElse("");
  }

  /** What {@code unpack} is called with for row tile r, beside its operands. */
  static String arguments(Stage.Unpack stage) {
    return switch (stage.decode()) {
      case Decode.Placed placed -> "";
      case Decode.Centered centered -> stage.zero().isPresent() ? ", centers[r]" : "";
      case Decode.Lookup lookup -> ", pairs, at.lane * 4";
    };
  }

  private static String parameters(Stage.Unpack stage) {
    String indent = ",\n                                       ";
    return switch (stage.decode()) {
      case Decode.Placed placed -> "";
      case Decode.Centered centered -> stage.zero().isPresent() ? indent + "const u32 (&centers)[2]" : "";
      case Decode.Lookup lookup -> indent + "u32 pairs, u32 lane_byte";
    };
  }

  private static String value(Stage.Unpack stage, int pair) {
    String register = ExtractText.of(stage.extracts().get(pair), word -> "w[" + word * stage.wordStride() + "]");
    return switch (stage.decode()) {
      case Decode.Placed placed -> register;
      case Decode.Centered centered -> {
        String center = stage.zero().isPresent()
            ? "centers[" + pair % 2 + "]"
            : twice(centered.register(), -centered.center());
        boolean plain = stage.zero().isEmpty() && centered.center() == 0 && centered.multiplier(pair) == 1;
        yield plain
            ? register
            : "%s(%s, %s, %s)".formatted(centered.register() == ActivationType.F16 ? "fma_f16x2" : "fma_bf16x2",
                register,
                twice(centered.register(), centered.multiplier(pair)), center);
      }
      case Decode.Lookup lookup -> "load_constant_shared(pairs + (" + register + " | lane_byte))";
    };
  }

  /** A number in both halves of a register. */
  private static String twice(ActivationType type, double value) {
    return "0x%1$04x%1$04xu".formatted(bits(type, value));
  }

  private static int bits(ActivationType type, double value) {
    return switch (type) {
      case F16 -> Float.floatToFloat16((float) value) & 0xffff;
      case BF16 -> bf16((float) value);
    };
  }

  private static String table(Decode.Lookup lookup) {
    List<String> entries = new ArrayList<>();
    for (double value : lookup.values()) {
      entries.add("0x%04x".formatted(Double.isNaN(value) ? 0 : bits(lookup.register(), value)));
    }
    return """
        // The codebook as %s numbers.
        __device__ const u16 kCodebook[%s] = {%s};
        constexpr int kPairs = 1 << (2 * kCodeBits);
        """.formatted(lookup.register() == ActivationType.F16 ? "f16" : "bf16", entries.size(),
        String.join(", ", entries));
  }

  private static int bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
  }

  private static String fill() {
    return """
        // A table of all pairs of codebook entries, [kPairs][32 lanes]: every lane reads its own bank.
        __device__ __forceinline__ void fill_pair_table(u32* table) {
          for (int i = threadIdx.x; i < kPairs * 32; i += kThreads) {
            const int pair = i / 32;
            table[i] = kCodebook[pair & ((1 << kCodeBits) - 1)] | kCodebook[pair >> kCodeBits] << 16;
          }
          __syncthreads();
        }
        """;
  }
}
