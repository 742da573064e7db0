package org.bitloom.runtime.tune;

/** Keys and entries for tests of the store. */
final class Keys {
  static final TuningPlatform PLATFORM = new TuningPlatform("fake device", "13.0", "12.9");
  static final String SCHEDULE = "dequant-mma.n1.k8.r2.b1.u1.s4.x2.o1";

  private Keys() {
  }

  static TuningKey key(String format, int n, int bucket) {
    return key(PLATFORM, format, "linear_" + format, n, bucket);
  }

  static TuningKey key(TuningPlatform platform, String format, String kernel, int n, int bucket) {
    return new TuningKey(platform, "0123456789ab", format, "layout", kernel, n, 4096, bucket);
  }

  static TuningEntry entry(TuningKey key, double us) {
    return new TuningEntry(key, SCHEDULE, key.bucket(), us);
  }
}
