package org.bitloom.runtime.api;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BatchBucketTest {
  private static final int LARGEST = 1 << 20;

  @Test
  void bucketsAreNumberedWithoutGapsAndHoldTheirBatches() {
    BatchBucket last = BatchBucket.of(1);
    assertEquals(new BatchBucket(1, 1), last);
    assertEquals(0, BatchBucket.index(1));
    while (last.largest() < LARGEST) {
      BatchBucket next = BatchBucket.of(last.largest() + 1);
      assertEquals(last.largest() + 1, next.smallest());
      int index = BatchBucket.index(last.largest()) + 1;
      assertTrue(next.batches().allMatch(m -> BatchBucket.index(m) == index), next::toString);
      BatchBucket own = next;
      assertTrue(next.batches().allMatch(m -> BatchBucket.of(m).equals(own)), next::toString);
      last = next;
    }
  }

  @Test
  void smallBatchesHaveBucketsOfTheirOwn() {
    assertEquals(List.of(1, 2, 4, 4, 8, 8, 8, 8, 16, 16, 24),
        List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17).stream().map(m -> BatchBucket.of(m).largest()).toList());
  }

  @Test
  void fullerBucketsTakeAsManyTilesOfEightColumns() {
    assertEquals(List.of(2, 4, 8), BatchBucket.of(1).fuller().boxed().toList());
    assertEquals(List.of(8), BatchBucket.of(3).fuller().boxed().toList());
    assertEquals(List.of(), BatchBucket.of(8).fuller().boxed().toList());
    assertEquals(List.of(), BatchBucket.of(16).fuller().boxed().toList());
    assertEquals(List.of(32), BatchBucket.of(24).fuller().boxed().toList());
    assertEquals(List.of(64), BatchBucket.of(40).fuller().boxed().toList());
    assertEquals(List.of(1024), BatchBucket.of(1000).fuller().boxed().toList());
  }

  @Test
  void batchesOfDifferentSchedulesAreNoBucket() {
    assertThrows(IllegalArgumentException.class, () -> new BatchBucket(2, 3));
    assertThrows(IllegalArgumentException.class, () -> new BatchBucket(0, 1));
  }
}
