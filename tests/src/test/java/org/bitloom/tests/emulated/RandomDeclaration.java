package org.bitloom.tests.emulated;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A random declaration of one format and one kernel, as text; the same for the same seed. Most are legal, some are not.
 *
 * @param text what a user would have written
 */
record RandomDeclaration(long seed, String text) {
  static final String FORMAT = "declared";
  static final String KERNEL = "multiply";

  /** Shares of the kinds of elements. */
  private enum Kind {
    FLOAT, INT, UINT, BIPOLAR, TERNARY, CODEBOOK, BINARY
  }

  static RandomDeclaration of(long seed) {
    return new RandomDeclaration(seed, new Writer(new SplittableRandom(seed)).write());
  }

  private static final class Writer {
    /** Odd multiples of 16 next to the usual powers of two. */
    private static final List<Integer> GROUPS = List.of(16, 32, 48, 64, 80, 96, 112, 128, 176, 256);
    private static final List<String> WIDE = List.of("bf16", "f32", "e8m0");
    private static final List<String> ANY = List.of("f16", "bf16", "f32", "e8m0", "e4m3");
    private static final List<String> FLOATS = List.of("f16", "bf16", "f32");

    private final RandomGenerator random;

    Writer(RandomGenerator random) {
      this.random = random;
    }

    String write() {
      List<String> clauses = new ArrayList<>();
      Kind kind = oneOf(List.of(Kind.FLOAT, Kind.FLOAT, Kind.FLOAT, Kind.INT, Kind.UINT, Kind.BIPOLAR, Kind.TERNARY,
          Kind.CODEBOOK, Kind.BINARY, Kind.BINARY));
      int bits = 1 + random.nextInt(8);
      int exponent = 1 + random.nextInt(7);
      clauses.add("element " + switch (kind) {
        case FLOAT -> floating(exponent);
        case INT -> "int " + bits;
        case UINT -> "uint " + bits;
        case BIPOLAR -> "bipolar " + bits;
        case TERNARY -> "ternary";
        case CODEBOOK -> codebook();
        case BINARY -> "binary " + bits;
      });
      switch (kind) {
        case BINARY -> signScales(clauses);
        // Values up to 2^64 need scales that go as far down.
        default -> scales(clauses, kind == Kind.FLOAT && exponent > 4 ? WIDE : ANY);
      }
      switch (kind) {
        case INT, UINT -> zero(clauses, kind, bits);
        case FLOAT, BIPOLAR, TERNARY, CODEBOOK, BINARY -> {
        }
      }
      if (kind != Kind.BINARY && random.nextInt(4) == 0) {
        clauses.add("offset " + oneOf(FLOATS) + " per " + share());
      }
      String type = random.nextBoolean() ? "f16" : "bf16";
      String epilogue = oneOf(List.of("", "", "  epilogue bias\n", "  epilogue silu\n", "  epilogue bias, silu\n",
          "  epilogue gelu, bias\n", "  epilogue bias, gelu\n"));
      return "format " + FORMAT + " {\n  " + String.join("\n  ", clauses) + "\n}\n\nkernel " + KERNEL + " {\n  y "
          + type
          + " = x " + type + " * " + FORMAT + "\n" + ranges() + epilogue + "}\n";
    }

    /** Now and then a tile, a number of stages or of splits other than the usual; some leave no schedule. */
    private String ranges() {
      return switch (random.nextInt(12)) {
        case 0 -> "  tile m " + oneOf(List.of("8", "16", "24", "8..24", "32..64")) + "\n";
        case 1 -> "  tile n " + oneOf(List.of("16", "32..64", "48", "128")) + "\n";
        case 2 -> "  tile k " + oneOf(List.of("64", "64..128", "256", "16..1024")) + "\n";
        case 3 -> "  stages " + oneOf(List.of("1", "2", "3..4", "7..8")) + "\n";
        case 4 -> "  split_k " + oneOf(List.of("1", "2", "4..8", "3")) + "\n";
        default -> "";
      };
    }

    private String floating(int exponent) {
      int mantissa = random.nextInt(8 - exponent);
      String specials = oneOf(List.of("", " finite", " fn", " ieee"));
      int usual = (1 << (exponent - 1)) - 1;
      String bias = random.nextInt(3) == 0 ? " bias " + Math.min(64, usual + random.nextInt(9) - 4) : "";
      return "float e" + exponent + "m" + mantissa + specials + bias;
    }

    private String codebook() {
      int entries = 2 + random.nextInt(15);
      return "codebook ["
          + IntStream.range(0, entries)
              .mapToObj(_ -> String.format(Locale.ROOT, "%.4f", random.nextGaussian())).distinct()
              .collect(Collectors.joining(", "))
          + "]";
    }

    private void scales(List<String> clauses, List<String> types) {
      if (random.nextInt(4) > 0) {
        clauses.add("scale " + oneOf(types) + " per " + share());
        return;
      }
      int group = oneOf(GROUPS);
      String coarse = oneOf(List.of("tensor", "row", String.valueOf(group * (2 + random.nextInt(3)))));
      clauses.add("scale " + oneOf(types) + " per " + group);
      clauses.add("scale " + oneOf(types.contains("f16") ? FLOATS : List.of("f32", "bf16")) + " per " + coarse);
    }

    /** Mostly what kernels for signs can follow. */
    private void signScales(List<String> clauses) {
      String share = oneOf(List.of("row", "64", "128", "128", "256", "512", "768", "96"));
      clauses.add("scale " + oneOf(List.of("f16", "f16", "f16", "f16", "f16", "bf16")) + " per " + share);
      if (random.nextInt(3) > 0) {
        clauses.add("offset f16 per " + (random.nextInt(8) == 0 ? "row" : share));
      }
    }

    private void zero(List<String> clauses, Kind kind, int bits) {
      if (random.nextInt(5) < 2) {
        return;
      }
      String integer = (kind == Kind.INT ? "int " : "uint ") + (1 + random.nextInt(bits));
      clauses.add("zero " + (random.nextBoolean() ? integer : oneOf(FLOATS)) + " per " + share());
    }

    private String share() {
      return switch (random.nextInt(6)) {
        case 0 -> "tensor";
        case 1, 2 -> "row";
        default -> String.valueOf(oneOf(GROUPS));
      };
    }

    private <T> T oneOf(List<T> choices) {
      return choices.get(random.nextInt(choices.size()));
    }
  }
}
