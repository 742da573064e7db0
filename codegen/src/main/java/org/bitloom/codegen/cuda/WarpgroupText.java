package org.bitloom.codegen.cuda;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.codegen.target.MmaType;
import org.bitloom.codegen.target.WarpgroupAtom;

/** Text of a warpgroup's instruction: a wrapper for each tile width, of which the schedule's macro BATCH selects one. */
final class WarpgroupText {
  /** The widths that kernels can be compiled for. */
  private static final List<Integer> WIDTHS = List.of(8, 16, 32, 64, 128, 256);

  private static final int PER_LINE = 8;

  /** What keeps registers of products in order. */
  static final String SETTLE = """
      // Nothing that reads v may move before this point: products that are under way still write to it.
      __device__ __forceinline__ void settle(float (&v)[kBatchTiles][4]) {
      #pragma unroll
        for (int b = 0; b < kBatchTiles; ++b) {
          asm volatile("" : "+f"(v[b][0]), "+f"(v[b][1]), "+f"(v[b][2]), "+f"(v[b][3]) :: "memory");
        }
      }

      // What makes these weights is done before this point.
      __device__ __forceinline__ void hold(u32 (&weights)[4][4]) {
      #pragma unroll
        for (int f = 0; f < 4; ++f) {
          asm volatile("" : "+r"(weights[f][0]), "+r"(weights[f][1]), "+r"(weights[f][2]), "+r"(weights[f][3]) :: "memory");
        }
      }
      """;

  private WarpgroupText() {
  }

  /** A function {@code multiply(d, a, b, keep)} for each width from {@code least} on, and how a tile in shared memory is described to it. */
  static String wrapper(WarpgroupAtom atom, int least) {
    return comment(atom, "kBatch")
        + alternatives(atom, WIDTHS.stream().filter(n -> n >= least).toList(), n -> " BATCH == ");
  }

  /** The same for kernels whose warpgroups take {@code least} to {@code most} columns at a time. */
  static String wrapper(WarpgroupAtom atom, int least, int most) {
    return comment(atom, "kColumns") + alternatives(atom,
        WIDTHS.stream().filter(n -> n >= least && n <= most).toList(), n -> n == most ? " BATCH >= " : " BATCH == ");
  }

  private static String comment(WarpgroupAtom atom, String columns) {
    return description() + """
        // D[64][%1$s] = A[64][%2$s] * B[%1$s][%2$s]^T, plus D if `keep` is not 0; %3$s (PTX ISA 9.7.16.5.2).
        """.formatted(columns, atom.k(), atom.name());
  }

  private static String alternatives(WarpgroupAtom atom, List<Integer> widths, IntFunction<String> condition) {
    return widths.stream().map(n -> (n.equals(widths.getFirst()) ? "#if" : "#elif") + condition.apply(n) + n + "\n"
        + function(atom, n)).collect(Collectors.joining()) + "#endif\n";
  }

  private static String description() {
    return """
        // Describes rows of 128 bytes, eight to a swizzled kilobyte, from `address` on (PTX ISA 9.7.16.5.1, matrix descriptor).
        __device__ __forceinline__ u64 describe(u32 address) {
          return 1ull << 62 | 64ull << 32 | 1ull << 16 | address >> 4;
        }

        """;
  }

  private static String function(WarpgroupAtom atom, int n) {
    int count = n / 2;
    boolean floats = atom.fragments().cType() == MmaType.F32;
    return """
        __device__ __forceinline__ void multiply(%s, const u32 (&a)[4], u64 b, int keep) {
          asm volatile("{\\n.reg .pred keep;\\nsetp.ne.b32 keep, %%%s, 0;\\n"
              "%s "
              "{"
        %s      "}, {%%%s, %%%s, %%%s, %%%s}, %%%s, keep%s;\\n}"
              :
        %s      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(keep));
        }
        """.formatted(floats ? "float (&d)[" + n / 8 + "][4]" : "u32 (&d)[" + count + "]", count + 5,
        atom.mnemonic(n), lines(count, i -> "%" + i, "\"", "\""), count, count + 1, count + 2, count + 3, count + 4,
        signsAndMajor(atom), lines(count, floats
            ? i -> "\"+f\"(d[%s][%s])".formatted(i / 4, i % 4)
            : i -> "\"+r\"(d[" + i + "])", "", ""));
  }

  /** Signs of A and B, where the types have them; B is K-major. */
  private static String signsAndMajor(WarpgroupAtom atom) {
    return switch (atom.fragments().aType()) {
      case F16, BF16 -> ", 1, 1, 0";
      case E4M3, E5M2 -> ", 1, 1";
      default -> "";
    };
  }

  private static String lines(int count, IntFunction<String> item, String open, String close) {
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < count; from += PER_LINE) {
      int to = Math.min(count, from + PER_LINE);
      text.append("      ").append(open)
          .append(IntStream.range(from, to).mapToObj(item).collect(Collectors.joining(", ")))
          .append(to < count ? ", " : "").append(close).append("\n");
    }
    return text.toString().replace(" \n", "\n");
  }
}
