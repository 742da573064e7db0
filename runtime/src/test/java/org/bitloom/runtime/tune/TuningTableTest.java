package org.bitloom.runtime.tune;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Which stored entries a problem is served by. */
class TuningTableTest {
  private static TuningKey key(String device, String format, String layout, String kernel, int n, int bucket) {
    return new TuningKey(new TuningPlatform(device, "13.0", "12.9"), "0123456789ab", format, layout, kernel, n, 4096,
        bucket);
  }

  @Test
  void anotherDeviceFormatOrLayoutIsAnotherProblem() {
    TuningKey asked = key("gpu", "int4", "l", "k", 64, 8);
    for (TuningKey other : List.of(key("other", "int4", "l", "k", 64, 8), key("gpu", "fp6", "l", "k", 64, 8),
        key("gpu", "int4", "m", "k", 64, 8))) {
      assertEquals(List.of(), TuningTable.of(List.of(Keys.entry(other, 1))).find(asked), other::toString);
      TuningKey far = new TuningKey(other.platform(), other.generator(), other.format(), other.layout(), "k", 128, 4096,
          8);
      assertEquals(List.of(), TuningTable.of(List.of(Keys.entry(far, 1))).elsewhere(asked), far::toString);
    }
  }

  @Test
  void ofLargerBatchesTheSameKernelsEntryGoesFirst() {
    TuningEntry own = Keys.entry(key("gpu", "int4", "l", "k", 64, 8), 2);
    TuningEntry foreign = Keys.entry(key("gpu", "int4", "l", "a", 64, 8), 1);
    assertEquals(List.of(own, foreign), TuningTable.of(List.of(foreign, own))
        .find(key("gpu", "int4", "l", "k", 64, 4)).stream().map(TuningTable.Found::entry).toList());
  }
}
