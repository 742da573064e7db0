package org.bitloom.job;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.Problem;

/** The shape of a weight matrix: n output features by k input features; written {@code NxK}. */
public record Shape(int n, int k) {
  private static final long MOST_WEIGHTS = 1L << 35;
  private static final int MOST_ROWS = 1 << 16;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})[xX×](\\d{1,9})");

  public Shape {
    if (n < 1 || k < 1) {
      throw new BadInput("a shape has n, k >= 1, not " + n + "x" + k);
    }
    if ((long) n * k > MOST_WEIGHTS) {
      throw new BadInput("a shape has at most 2^35 weights, not " + n + "x" + k);
    }
  }

  /** Parses {@code NxK}. */
  public static Shape parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      throw new BadInput("'" + text + "' is not a shape; expected NxK (output x input features), such as 4096x4096");
    }
    return new Shape(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  /** Refuses numbers of rows that no product has. */
  static void requireBatch(int m) {
    if (m < 1 || m > MOST_ROWS) {
      throw new BadInput("a batch has 1.." + MOST_ROWS + " rows, not " + m);
    }
  }

  /** Number of weights. */
  public long weights() {
    return (long) n * k;
  }

  /** The product of weights of this shape with {@code m} rows of activations. */
  public Problem product(int m) {
    requireBatch(m);
    if ((long) Math.max(n, k) * m > Integer.MAX_VALUE) {
      throw new BadInput("batch " + m + " is too large for " + this + ": activations and results are less than 2^31");
    }
    return new Problem(n, k, m);
  }

  @Override
  public String toString() {
    return n + "x" + k;
  }
}
