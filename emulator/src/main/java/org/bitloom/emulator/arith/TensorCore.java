package org.bitloom.emulator.arith;

/**
 * The product of a 16-row and an 8-column matrix as the Tensor Cores of an H100 form it; PTX leaves order and rounding open
 * (PTX ISA 9.7.15.5.14), so this was read off recorded results and holds for all of them, bit for bit. All products of one
 * result and its c are aligned to the largest exponent among them (that of a product is the sum of its factors' exponents,
 * whether or not the significands carry), cut off two bits below an f32 of that exponent, summed exactly, and the sum is
 * cut to f32.
 */
public final class TensorCore {
  /** Rows of A. */
  public static final int ROWS = 16;
  /** Columns of B. */
  public static final int COLUMNS = 8;

  /** The exponent of 0. */
  private static final int NEVER = -100_000;
  private static final int FULL = 25;
  private static final int SHORT = 13;
  private static final int EXPONENT = 0x7f800000;
  private static final int ONE_EXPONENT = 0x00800000;
  private static final double TINY = Math.scalb(1.0, -1000);

  /** Numbers with the exponents that their bits name. */
  public static final class Numbers {
    private final double[] value;
    private final int[] exponent;
    private int special;

    /** Room for {@code count} numbers. */
    public Numbers(int count) {
      value = new double[count];
      exponent = new int[count];
    }

    /** Starts anew. */
    public void clear() {
      special = 0;
    }

    /** Puts the f16 in the low half of {@code bits} at {@code place}. */
    public void f16(int place, int bits) {
      int field = bits >> 10 & 31;
      value[place] = Float.float16ToFloat((short) bits);
      exponent[place] = (bits & 0x7fff) == 0 ? NEVER : Math.max(field, 1) - 15;
      special |= field + 1 & 32;
    }

    /** Puts the bf16 in the low half of {@code bits} at {@code place}. */
    public void bf16(int place, int bits) {
      int field = bits >> 7 & 255;
      value[place] = Float.intBitsToFloat(bits << 16);
      exponent[place] = (bits & 0x7fff) == 0 ? NEVER : Math.max(field, 1) - 127;
      special |= field + 1 & 256;
    }
  }

  private final int[] top = new int[COLUMNS];
  private final double[] inverse = new double[COLUMNS];
  private final long[] total = new long[COLUMNS];
  private final int kept;
  private final int significant;

  private TensorCore(int kept, int significant) {
    this.kept = kept;
    this.significant = significant;
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
    boolean special = (a.special | b.special) != 0 || anySpecial(c);
    for (int i = 0; i < ROWS; i++) {
      findTops(a.exponent, b.exponent, c, i * COLUMNS, i * depth, from, end);
      sum(a.value, b.value, i * depth, from, end);
      for (int j = 0; j < COLUMNS; j++) {
        int at = i * COLUMNS + j;
        if (!special || allFinite(a, b, c[at], i * depth, j, from, end)) {
          double old = Float.intBitsToFloat(c[at]);
          c[at] = Float.floatToRawIntBits(cut(total[j] + (long) (old * inverse[j]), top[j] - kept));
        } else {
          c[at] = plainSum(a, b, c[at], i * depth, j, from, end);
        }
      }
    }
  }

  private static boolean anySpecial(int[] c) {
    int found = 0;
    for (int bits : c) {
      found |= (bits & EXPONENT) + ONE_EXPONENT;
    }
    return found < 0;
  }

  private static boolean allFinite(Numbers a, Numbers b, int c, int atA, int j, int from, int end) {
    boolean finite = (c & EXPONENT) != EXPONENT;
    for (int k = from; k < end; k++) {
      finite = finite && Double.isFinite(a.value[atA + k]) && Double.isFinite(b.value[k * COLUMNS + j]);
    }
    return finite;
  }

  /** With infinities or NaN among the terms, neither order nor rounding matters. */
  private static int plainSum(Numbers a, Numbers b, int c, int atA, int j, int from, int end) {
    double sum = Float.intBitsToFloat(c);
    for (int k = from; k < end; k++) {
      sum += a.value[atA + k] * b.value[k * COLUMNS + j];
    }
    return Rounding.toF32(sum, Rounding.Mode.NEAREST_EVEN);
  }

  private void findTops(int[] a, int[] b, int[] c, int row, int atA, int from, int end) {
    int t0 = exponent(c[row]);
    int t1 = exponent(c[row + 1]);
    int t2 = exponent(c[row + 2]);
    int t3 = exponent(c[row + 3]);
    int t4 = exponent(c[row + 4]);
    int t5 = exponent(c[row + 5]);
    int t6 = exponent(c[row + 6]);
    int t7 = exponent(c[row + 7]);
    for (int k = from; k < end; k++) {
      int e = a[atA + k];
      int p = k * COLUMNS;
      t0 = Math.max(t0, e + b[p]);
      t1 = Math.max(t1, e + b[p + 1]);
      t2 = Math.max(t2, e + b[p + 2]);
      t3 = Math.max(t3, e + b[p + 3]);
      t4 = Math.max(t4, e + b[p + 4]);
      t5 = Math.max(t5, e + b[p + 5]);
      t6 = Math.max(t6, e + b[p + 6]);
      t7 = Math.max(t7, e + b[p + 7]);
    }
    setTop(0, t0);
    setTop(1, t1);
    setTop(2, t2);
    setTop(3, t3);
    setTop(4, t4);
    setTop(5, t5);
    setTop(6, t6);
    setTop(7, t7);
  }

  private static int exponent(int bits) {
    return (bits & 0x7fffffff) == 0 ? NEVER : Math.max(bits >> 23 & 255, 1) - 127;
  }

  private void setTop(int j, int t) {
    top[j] = t;
    inverse[j] = t < NEVER / 2 ? TINY : Double.longBitsToDouble((long) (kept - t + 1023) << 52);
  }

  /** A product is less than 4 * 2^top, so 16 of them fit an int in units of 2^(top - 25). */
  private void sum(double[] a, double[] b, int atA, int from, int end) {
    double i0 = inverse[0];
    double i1 = inverse[1];
    double i2 = inverse[2];
    double i3 = inverse[3];
    double i4 = inverse[4];
    double i5 = inverse[5];
    double i6 = inverse[6];
    double i7 = inverse[7];
    int s0 = 0;
    int s1 = 0;
    int s2 = 0;
    int s3 = 0;
    int s4 = 0;
    int s5 = 0;
    int s6 = 0;
    int s7 = 0;
    for (int k = from; k < end; k++) {
      double x = a[atA + k];
      int p = k * COLUMNS;
      s0 += (int) (x * b[p] * i0);
      s1 += (int) (x * b[p + 1] * i1);
      s2 += (int) (x * b[p + 2] * i2);
      s3 += (int) (x * b[p + 3] * i3);
      s4 += (int) (x * b[p + 4] * i4);
      s5 += (int) (x * b[p + 5] * i5);
      s6 += (int) (x * b[p + 6] * i6);
      s7 += (int) (x * b[p + 7] * i7);
    }
    total[0] = s0;
    total[1] = s1;
    total[2] = s2;
    total[3] = s3;
    total[4] = s4;
    total[5] = s5;
    total[6] = s6;
    total[7] = s7;
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
