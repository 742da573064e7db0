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
    private boolean exponentsKnown;
    private int count;
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
      count = lines * depth;
      exponentsKnown = false;
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
      int normal = field + 31 >> 5;
      return (long) (half & 0x3ff | normal << 10) << field - normal;
    }

    /** Puts the bf16 in the low half of {@code half} at {@code place}. */
    public void bf16(int place, int half) {
      int field = half >> 7 & 255;
      int significand = half & 0x7f | (field == 0 ? 0 : 0x80);
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

    /** The exponent that the bits of a finite number name. */
    private int exponent(int place) {
      double number = value[place];
      return number == 0 ? NEVER : Math.max(Math.getExponent(number), leastExponent);
    }

    private int[] exponents() {
      if (!exponentsKnown) {
        exponentsKnown = true;
        for (int i = 0; i < count; i++) {
          exponents[i] = exponent(i);
        }
      }
      return exponents;
    }
  }

  private final double[] sum = new double[COLUMNS];
  private final int[] columnTop = new int[COLUMNS];
  private final double[] unit = new double[COLUMNS];
  private final long[] total = new long[COLUMNS];
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
      int inexact = 0;
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        int top = Math.max(exponent(c[at]), a.top[i] + b.top[j]);
        int lowest = Math.min(lowest(c[at]), a.lowest[i] + b.lowest[j]);
        inexact |= (lowest >= top - kept && top <= limit ? 0 : 1) << j;
      }
      if (inexact != 0) {
        addRowCarefully(a, b, c, i * COLUMNS, i * depth, from, end);
      }
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        c[at] = (inexact >> j & 1) == 0 ? Float.floatToRawIntBits(cut(sum[j])) : carefulResult(j);
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

  /** The same sums term by term, where they may lose bits. */
  private void addRowCarefully(Numbers a, Numbers b, int[] c, int row, int atA, int from, int end) {
    findTops(a, b.exponents(), c, row, atA, from, end);
    for (int j = 0; j < COLUMNS; j++) {
      unit[j] = columnTop[j] < NEVER / 2 ? TINY : Double.longBitsToDouble((long) (kept - columnTop[j] + 1023) << 52);
    }
    double[] y = b.value;
    double u0 = unit[0];
    double u1 = unit[1];
    double u2 = unit[2];
    double u3 = unit[3];
    double u4 = unit[4];
    double u5 = unit[5];
    double u6 = unit[6];
    double u7 = unit[7];
    long t0 = (long) (Float.intBitsToFloat(c[row]) * u0);
    long t1 = (long) (Float.intBitsToFloat(c[row + 1]) * u1);
    long t2 = (long) (Float.intBitsToFloat(c[row + 2]) * u2);
    long t3 = (long) (Float.intBitsToFloat(c[row + 3]) * u3);
    long t4 = (long) (Float.intBitsToFloat(c[row + 4]) * u4);
    long t5 = (long) (Float.intBitsToFloat(c[row + 5]) * u5);
    long t6 = (long) (Float.intBitsToFloat(c[row + 6]) * u6);
    long t7 = (long) (Float.intBitsToFloat(c[row + 7]) * u7);
    for (int k = from; k < end; k++) {
      double x = a.value[atA + k];
      int p = k * COLUMNS;
      t0 += (int) (x * y[p] * u0);
      t1 += (int) (x * y[p + 1] * u1);
      t2 += (int) (x * y[p + 2] * u2);
      t3 += (int) (x * y[p + 3] * u3);
      t4 += (int) (x * y[p + 4] * u4);
      t5 += (int) (x * y[p + 5] * u5);
      t6 += (int) (x * y[p + 6] * u6);
      t7 += (int) (x * y[p + 7] * u7);
    }
    total[0] = t0;
    total[1] = t1;
    total[2] = t2;
    total[3] = t3;
    total[4] = t4;
    total[5] = t5;
    total[6] = t6;
    total[7] = t7;
  }

  private void findTops(Numbers a, int[] exponentB, int[] c, int row, int atA, int from, int end) {
    int t0 = exponent(c[row]);
    int t1 = exponent(c[row + 1]);
    int t2 = exponent(c[row + 2]);
    int t3 = exponent(c[row + 3]);
    int t4 = exponent(c[row + 4]);
    int t5 = exponent(c[row + 5]);
    int t6 = exponent(c[row + 6]);
    int t7 = exponent(c[row + 7]);
    for (int k = from; k < end; k++) {
      int e = a.exponent(atA + k);
      int p = k * COLUMNS;
      t0 = Math.max(t0, e + exponentB[p]);
      t1 = Math.max(t1, e + exponentB[p + 1]);
      t2 = Math.max(t2, e + exponentB[p + 2]);
      t3 = Math.max(t3, e + exponentB[p + 3]);
      t4 = Math.max(t4, e + exponentB[p + 4]);
      t5 = Math.max(t5, e + exponentB[p + 5]);
      t6 = Math.max(t6, e + exponentB[p + 6]);
      t7 = Math.max(t7, e + exponentB[p + 7]);
    }
    columnTop[0] = t0;
    columnTop[1] = t1;
    columnTop[2] = t2;
    columnTop[3] = t3;
    columnTop[4] = t4;
    columnTop[5] = t5;
    columnTop[6] = t6;
    columnTop[7] = t7;
  }

  private int carefulResult(int j) {
    return Double.isFinite(sum[j])
        ? Float.floatToRawIntBits(cut(total[j], columnTop[j] - kept))
        : Rounding.toF32(sum[j], Rounding.Mode.NEAREST_EVEN);
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
