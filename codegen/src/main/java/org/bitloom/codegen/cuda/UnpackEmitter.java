package org.bitloom.codegen.cuda;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.Extract;
import org.bitloom.codegen.layout.Part;
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
          const u32* w = unit + cell * kCodeBits;
          switch (f) {
        """.formatted(tableParameter(stage.decode())));
    for (int f = 0; f < stage.extracts().size() / REGISTERS; f++) {
      function.append("    case ").append(f).append(":\n");
      for (int r = 0; r < REGISTERS; r++) {
        String register = extract(stage.extracts().get(f * REGISTERS + r));
        function.append("      a[").append(r).append("] = ").append(value(stage.decode(), register)).append(";\n");
      }
      function.append("      break;\n");
    }
    function.append("  }\n}\n");
    return switch (stage.decode()) {
      case Decode.Placed placed -> StagePart.of().functions(function.toString());
      case Decode.Lookup lookup -> StagePart.of()
          .constants(table(lookup))
          .functions(fill() + function)
          .setup("""
              __shared__ u32 pair_table[kPairs * 32];
              fill_pair_table(pair_table);
              const u8* lane_table = reinterpret_cast<const u8*>(pair_table) + at.lane * 4;
              """);
    };
  }

  /** What {@code unpack} is called with beside its operands. */
  static String tableArgument(Decode decode) {
    return decode instanceof Decode.Lookup ? ", lane_table" : "";
  }

  private static String tableParameter(Decode decode) {
    return decode instanceof Decode.Lookup ? ",\n                                       const u8* lane_table" : "";
  }

  private static String value(Decode decode, String register) {
    return switch (decode) {
      case Decode.Placed placed -> register;
      case Decode.Lookup lookup -> "*reinterpret_cast<const u32*>(lane_table + (" + register + "))";
    };
  }

  private static String extract(Extract extract) {
    List<String> terms = new ArrayList<>();
    for (Part part : extract.parts()) {
      String word = "w[" + part.word() + "]";
      String moved = switch (part.kind()) {
        case NONE -> word;
        case SHIFT_LEFT -> word + " << " + part.rotate();
        case SHIFT_RIGHT -> word + " >> " + (32 - part.rotate());
        case ROTATE -> "__funnelshift_l(" + word + ", " + word + ", " + part.rotate() + ")";
      };
      terms.add("(" + moved + " & 0x%08xu)".formatted(part.mask()));
    }
    return String.join(" | ", terms);
  }

  private static String table(Decode.Lookup lookup) {
    List<String> entries = new ArrayList<>();
    for (double value : lookup.values()) {
      int bits = switch (lookup.register()) {
        case F16 -> Float.floatToFloat16((float) value) & 0xffff;
        case BF16 -> bf16(Double.isNaN(value) ? 0 : (float) value);
      };
      entries.add("0x%04x".formatted(Double.isNaN(value) ? 0 : bits));
    }
    return """
        // The codebook as %s numbers.
        __device__ const u16 kCodebook[%d] = {%s};
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
