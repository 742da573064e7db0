package org.bitloom.runtime.quant;

/** A map from numbers to small integers that never decreases: where a search among sorted thresholds may start. */
sealed interface Buckets {
  /** The bucket of {@code x}, 0 .. count - 1. */
  int of(double x);

  /** Number of buckets. */
  int count();

  /** Buckets of equal width, for values of about equal distance. */
  record Even(double low, double perUnit, int count) implements Buckets {
    static Even over(double low, double high, int count) {
      return new Even(low, high > low ? count / (high - low) : 1, count);
    }

    @Override
    public int of(double x) {
      return Math.clamp((long) ((x - low) * perUnit), 0, count - 1);
    }
  }

  /** Sixteen buckets an octave on either side of zero, for values that grow with their magnitude. */
  record Octaves(int lowest, int half) implements Buckets {
    private static final int DROPPED_BITS = 52 - 4;

    static Octaves over(double smallest, double largest) {
      int lowest = key(smallest);
      return new Octaves(lowest, key(largest) - lowest + 1);
    }

    @Override
    public int of(double x) {
      int distance = Math.clamp(key(x) - lowest, 0, half - 1);
      return x < 0 ? half - 1 - distance : half + distance;
    }

    @Override
    public int count() {
      return 2 * half;
    }

    private static int key(double x) {
      return (int) ((Double.doubleToRawLongBits(x) & Long.MAX_VALUE) >>> DROPPED_BITS);
    }
  }
}
