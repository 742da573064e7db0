package org.bitloom.emulator.arith;

import java.util.Arrays;

/**
 * The product of a 16-row and an 8-column matrix as the Tensor Cores of an H100 form it; PTX leaves order and rounding open
 * (PTX ISA 9.7.15.5.14), so this was read off recorded results and holds for all of them, bit for bit. All products of one
 * result and its c are aligned to the largest exponent among them (that of a product is the sum of its factors' exponents,
 * whether or not the significands carry), cut off two bits below an f32 of that exponent, summed exactly, and the sum is
 * cut to f32. Most results lose nothing before that last cut; they are found by what the exponents of a row of A, a column of
 * B and c allow, and summed in double.
 */
public final class TensorCore {
  /** Rows of A. */
  public static final int ROWS = 16;
  /** Columns of B. */
  public static final int COLUMNS = 8;

  /** The exponent of 0. */
  private static final int NEVER = -100_000;
  /** Above every exponent: the lowest bit of 0. */
  private static final int NONE = 100_000;
  private static final int FULL = 25;
  private static final int SHORT = 13;
  private static final int MAX_EXPONENT = 127;
  private static final double TINY = Math.scalb(1.0, -1000);

  /** What is known of the rows of A. */
  public enum Rows {
    ALIKE, ANY
  }

  /** A matrix operand, and between which powers of two the bits of each of its lines lie: rows of A, columns of B. */
  public static final class Numbers {
    private static final int F16_UNIT = -24;
    private static final int F16_LEAST_EXPONENT = -14;
    private static final int BF16_LEAST_EXPONENT = -126;

    private final int lines;
    private final double[] value;
    private final int[] exponents;
    private int knownExponents;
    private int depth;
    private int leastExponent;
    private int lineShift;
    private Rows rows = Rows.ANY;
    private int special;
    /** All f16 magnitudes of a line, as multiples of the smallest f16, one over the other; bit 40 is an infinity or NaN. */
    private final long[] bits;
    private boolean bitsCounted;
    private final int[] top;
    private final int[] lowest;

    private Numbers(int lines, int depth) {
      this.lines = lines;
      value = new double[lines * depth];
      exponents = new int[lines * depth];
      bits = new long[lines];
      top = new int[lines];
      lowest = new int[lines];
    }

    /** Room for an A of at most {@code depth} columns. */
    public static Numbers ofA(int depth) {
      return new Numbers(ROWS, depth);
    }

    /** Room for a B of at most {@code depth} rows. */
    public static Numbers ofB(int depth) {
      return new Numbers(COLUMNS, depth);
    }

    /** Starts anew, with {@code depth} columns of A or rows of B, a power of two. */
    public void start(Rows are, int depth) {
      rows = are;
      lineShift = lines == COLUMNS ? 0 : Integer.numberOfTrailingZeros(depth);
      special = 0;
      this.depth = depth;
      knownExponents = 0;
      bitsCounted = false;
      leastExponent = F16_LEAST_EXPONENT;
      Arrays.fill(bits, 0);
      Arrays.fill(top, NEVER);
      Arrays.fill(lowest, NONE);
    }

    private int line(int place) {
      return place >> lineShift & lines - 1;
    }

    /** Puts the f16 in the low half of {@code half} at {@code place}. */
    public void f16(int place, int half) {
      value[place] = Float.float16ToFloat((short) half);
      bits[line(place)] |= magnitude(half);
    }

    /** Puts the two f16 of {@code word}, the low one first, at places of one row of A or one column of B. */
    public void f16x2(int place, int next, int word) {
      value[place] = Float.float16ToFloat((short) word);
      value[next] = Float.float16ToFloat((short) (word >> 16));
      bits[line(place)] |= magnitude(word) | magnitude(word >>> 16);
    }

    private static long magnitude(int half) {
      int field = half >> 10 & 31;
      int normal = (field + 31) >> 5;
      return (long) ((half & 0x3ff) | normal << 10) << (field - normal);
    }

    /** Puts the bf16 in the low half of {@code half} at {@code place}. */
    public void bf16(int place, int half) {
      int field = half >> 7 & 255;
      int significand = (half & 0x7f) | (field == 0 ? 0 : 0x80);
      value[place] = Float.intBitsToFloat(half << 16);
      leastExponent = BF16_LEAST_EXPONENT;
      special |= field + 1 & 256;
      if (significand != 0) {
        int e = Math.max(field, 1) - 127;
        int line = line(place);
        top[line] = Math.max(top[line], e);
        lowest[line] = Math.min(lowest[line], e - 7 + Integer.numberOfTrailingZeros(significand));
      }
    }

    private void countBits() {
      if (bitsCounted) {
        return;
      }
      bitsCounted = true;
      for (int i = 0; i < lines; i++) {
        long all = bits[i];
        if (all != 0) {
          top[i] = Math.max(63 - Long.numberOfLeadingZeros(all) + F16_UNIT, F16_LEAST_EXPONENT);
          lowest[i] = Long.numberOfTrailingZeros(all) + F16_UNIT;
          special |= (int) (all >>> 40);
        }
      }
    }

    /** The exponents that the bits of finite numbers name, those of {@code line} at least. */
    private int[] exponentsOf(int line) {
      if ((knownExponents >> line & 1) == 0) {
        knownExponents |= 1 << line;
        int step = lines == COLUMNS ? COLUMNS : 1;
        for (int n = 0, i = line << lineShift; n < depth; n++, i += step) {
          double number = value[i];
          exponents[i] = number == 0 ? NEVER : Math.max(Math.getExponent(number), leastExponent);
        }
      }
      return exponents;
    }
  }

  private final double[] sum = new double[COLUMNS];
  private final int kept;
  private final int significant;
  private final long significantBits;

  private TensorCore(int kept, int significant) {
    this.kept = kept;
    this.significant = significant;
    this.significantBits = -1L << (53 - significant);
  }

  /** The summation of f16 and bf16 products, and of FP8 products in mma.sync. */
  public static TensorCore full() {
    return new TensorCore(FULL, 24);
  }

  /** The summation of FP8 products in wgmma, which cuts terms off 12 bits higher and results to 14 bits. */
  public static TensorCore shortened() {
    return new TensorCore(SHORT, 14);
  }

  /**
   * Adds {@code A * B} for the k of {@code [from, end)} to {@code c}.
   *
   * @param a A[i][k] at {@code i * depth + k}
   * @param b B[k][j] at {@code k * COLUMNS + j}
   * @param c the bits of c[i][j] at {@code i * COLUMNS + j}
   */
  public void multiply(Numbers a, Numbers b, int[] c, int depth, int from, int end) {
    a.countBits();
    b.countBits();
    int limit = (a.special | b.special) == 0 ? MAX_EXPONENT : NEVER - MAX_EXPONENT;
    boolean once = a.rows == Rows.ALIKE && rowsAlike(c);
    for (int i = 0; i < (once ? 1 : ROWS); i++) {
      addRow(a.value, b.value, c, i * COLUMNS, i * depth, from, end);
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        int top = Math.max(exponent(c[at]), a.top[i] + b.top[j]);
        int lowest = Math.min(lowest(c[at]), a.lowest[i] + b.lowest[j]);
        boolean exact = lowest >= top - kept && top <= limit;
        c[at] = exact ? Float.floatToRawIntBits(cut(sum[j])) : carefulSum(a, b, c[at], i, j, from, end);
      }
    }
    if (once) {
      for (int i = 1; i < ROWS; i++) {
        System.arraycopy(c, 0, c, i * COLUMNS, COLUMNS);
      }
    }
  }

  private static boolean rowsAlike(int[] c) {
    return Arrays.equals(c, 0, (ROWS - 1) * COLUMNS, c, COLUMNS, ROWS * COLUMNS);
  }

  private void addRow(double[] a, double[] b, int[] c, int row, int atA, int from, int end) {
    double s0 = Float.intBitsToFloat(c[row]);
    double s1 = Float.intBitsToFloat(c[row + 1]);
    double s2 = Float.intBitsToFloat(c[row + 2]);
    double s3 = Float.intBitsToFloat(c[row + 3]);
    double s4 = Float.intBitsToFloat(c[row + 4]);
    double s5 = Float.intBitsToFloat(c[row + 5]);
    double s6 = Float.intBitsToFloat(c[row + 6]);
    double s7 = Float.intBitsToFloat(c[row + 7]);
    for (int k = from; k < end; k++) {
      double x = a[atA + k];
      int p = k * COLUMNS;
      s0 = Math.fma(x, b[p], s0);
      s1 = Math.fma(x, b[p + 1], s1);
      s2 = Math.fma(x, b[p + 2], s2);
      s3 = Math.fma(x, b[p + 3], s3);
      s4 = Math.fma(x, b[p + 4], s4);
      s5 = Math.fma(x, b[p + 5], s5);
      s6 = Math.fma(x, b[p + 6], s6);
      s7 = Math.fma(x, b[p + 7], s7);
    }
    sum[0] = s0;
    sum[1] = s1;
    sum[2] = s2;
    sum[3] = s3;
    sum[4] = s4;
    sum[5] = s5;
    sum[6] = s6;
    sum[7] = s7;
  }

  private static int exponent(int bits) {
    int field = bits >>> 23 & 255;
    return field != 0 ? field - 127 : bits << 1 == 0 ? NEVER : -126;
  }

  /** For subnormal numbers less than their lowest bit. */
  private static int lowest(int bits) {
    int field = bits >>> 23 & 255;
    return field != 0
        ? field - 150 + Integer.numberOfTrailingZeros(bits | 0x800000)
        : bits << 1 == 0 ? NONE : NEVER;
  }

  /** The result in row i and column j term by term. */
  private int carefulSum(Numbers a, Numbers b, int c, int i, int j, int from, int end) {
    if (!Double.isFinite(sum[j])) {
      return Rounding.toF32(sum[j], Rounding.Mode.NEAREST_EVEN);
    }
    int[] exponentA = a.exponentsOf(i);
    int[] exponentB = b.exponentsOf(j);
    int atA = i << a.lineShift;
    int top = exponent(c);
    for (int k = from; k < end; k++) {
      top = Math.max(top, exponentA[atA + k] + exponentB[k * COLUMNS + j]);
    }
    double unit = top < NEVER / 2 ? TINY : Double.longBitsToDouble((long) (kept - top + 1023) << 52);
    long total = (long) (Float.intBitsToFloat(c) * unit);
    for (int k = from; k < end; k++) {
      total += (int) (a.value[atA + k] * b.value[k * COLUMNS + j] * unit);
    }
    return Float.floatToRawIntBits(cut(total, top - kept));
  }

  /** An exact sum, cut to the bits of a result. */
  private float cut(double exact) {
    return Math.abs(exact) < Float.MIN_NORMAL
        ? exact == 0 ? 0f : cut((long) Math.scalb(exact, 149), -149)
        : (float) Double.longBitsToDouble(Double.doubleToRawLongBits(exact) & significantBits);
  }

  /** {@code sum * 2^exponent}, cut to the bits of a result. */
  private float cut(long sum, int exponent) {
    if (sum == 0) {
      return 0f;
    }
    long magnitude = Math.abs(sum);
    int drop = Math.max(Math.max(64 - significant - Long.numberOfLeadingZeros(magnitude), -149 - exponent), 0);
    float result = (float) ((magnitude >> drop) * Double.longBitsToDouble((exponent + drop + 1023L) << 52));
    return sum < 0 ? -result : result;
  }
}
