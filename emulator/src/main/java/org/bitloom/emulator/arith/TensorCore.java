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

  /** Numbers with the exponents that their bits name, and those of their lowest bits. */
  public static final class Numbers {
    private final double[] value;
    private final int[] exponent;
    private final int[] lowest;
    private Rows rows = Rows.ANY;
    private int special;

    /** Room for {@code count} numbers. */
    public Numbers(int count) {
      value = new double[count];
      exponent = new int[count];
      lowest = new int[count];
    }

    /** Starts anew. */
    public void start(Rows are) {
      rows = are;
      special = 0;
    }

    /** Puts the f16 in the low half of {@code bits} at {@code place}. */
    public void f16(int place, int bits) {
      int field = bits >> 10 & 31;
      put(place, Float.float16ToFloat((short) bits), Math.max(field, 1) - 15, bits & 0x3ff | (field == 0 ? 0 : 0x400),
          10);
      special |= field + 1 & 32;
    }

    /** Puts the bf16 in the low half of {@code bits} at {@code place}. */
    public void bf16(int place, int bits) {
      int field = bits >> 7 & 255;
      put(place, Float.intBitsToFloat(bits << 16), Math.max(field, 1) - 127, bits & 0x7f | (field == 0 ? 0 : 0x80), 7);
      special |= field + 1 & 256;
    }

    private void put(int place, double number, int e, int significand, int mantissa) {
      value[place] = number;
      exponent[place] = significand == 0 ? NEVER : e;
      lowest[place] = significand == 0 ? NONE : e - mantissa + Integer.numberOfTrailingZeros(significand);
    }
  }

  private final double[] sum = new double[COLUMNS];
  private final int[] columnTop = new int[COLUMNS];
  private final int[] columnLowest = new int[COLUMNS];
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
    boolean special = (a.special | b.special) != 0;
    findColumnRanges(b, from, end);
    boolean once = a.rows == Rows.ALIKE && rowsAlike(c);
    for (int i = 0; i < (once ? 1 : ROWS); i++) {
      int atA = i * depth;
      int rowTop = NEVER;
      int rowLowest = NONE;
      for (int k = atA + from; k < atA + end; k++) {
        rowTop = Math.max(rowTop, a.exponent[k]);
        rowLowest = Math.min(rowLowest, a.lowest[k]);
      }
      addRow(a.value, b.value, c, i * COLUMNS, atA, from, end);
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        int top = Math.max(exponent(c[at]), rowTop + columnTop[j]);
        int lowest = Math.min(lowest(c[at]), rowLowest + columnLowest[j]);
        boolean exact = lowest >= top - kept && top <= MAX_EXPONENT && !special;
        c[at] = exact ? Float.floatToRawIntBits(cut(sum[j])) : carefulSum(a, b, c[at], atA, j, from, end);
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

  private void findColumnRanges(Numbers b, int from, int end) {
    Arrays.fill(columnTop, NEVER);
    Arrays.fill(columnLowest, NONE);
    for (int k = from; k < end; k++) {
      for (int j = 0; j < COLUMNS; j++) {
        columnTop[j] = Math.max(columnTop[j], b.exponent[k * COLUMNS + j]);
        columnLowest[j] = Math.min(columnLowest[j], b.lowest[k * COLUMNS + j]);
      }
    }
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
    return (bits & 0x7fffffff) == 0 ? NEVER : Math.max(bits >> 23 & 255, 1) - 127;
  }

  private static int lowest(int bits) {
    int field = bits >> 23 & 255;
    int significand = bits & 0x7fffff | (field == 0 ? 0 : 0x800000);
    return significand == 0 ? NONE : Math.max(field, 1) - 150 + Integer.numberOfTrailingZeros(significand);
  }

  /** One result term by term. */
  private int carefulSum(Numbers a, Numbers b, int c, int atA, int j, int from, int end) {
    int top = exponent(c);
    double plain = Float.intBitsToFloat(c);
    for (int k = from; k < end; k++) {
      top = Math.max(top, a.exponent[atA + k] + b.exponent[k * COLUMNS + j]);
      plain += a.value[atA + k] * b.value[k * COLUMNS + j];
    }
    if (!Double.isFinite(plain)) {
      return Rounding.toF32(plain, Rounding.Mode.NEAREST_EVEN);
    }
    double inverse = top < NEVER / 2 ? TINY : Double.longBitsToDouble((long) (kept - top + 1023) << 52);
    long total = (long) (Float.intBitsToFloat(c) * inverse);
    for (int k = from; k < end; k++) {
      total += (int) (a.value[atA + k] * b.value[k * COLUMNS + j] * inverse);
    }
    return Float.floatToRawIntBits(cut(total, top - kept));
  }

  /** An exact sum, cut to the bits of a result. */
  private float cut(double exact) {
    return Math.abs(exact) < Float.MIN_NORMAL
        ? cut((long) Math.scalb(exact, 149), -149)
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
