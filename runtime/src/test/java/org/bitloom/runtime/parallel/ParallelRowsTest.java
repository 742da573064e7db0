package org.bitloom.runtime.parallel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ParallelRowsTest {
  @Test
  void everyRowIsVisitedOnce() {
    for (int threads : new int[]{1, 2, 7}) {
      for (int rows : new int[]{0, 1, 2, 55, 1000}) {
        AtomicIntegerArray visits = new AtomicIntegerArray(rows);
        new ParallelRows(threads).forEach(rows, 1, (first, end) -> {
          for (int row = first; row < end; row++) {
            visits.incrementAndGet(row);
          }
        });
        int[] ones = new int[rows];
        Arrays.fill(ones, 1);
        assertArrayEquals(ones, IntStream.range(0, rows).map(visits::get).toArray());
      }
    }
  }

  @Test
  void theLowestFailureIsThrown() {
    IllegalStateException e = assertThrows(IllegalStateException.class,
        () -> new ParallelRows(4).forEach(100, 1, (first, end) -> {
          for (int row = first; row < end; row++) {
            if (row >= 40) {
              throw new IllegalStateException("row " + row);
            }
          }
        }));
    assertEquals("row 40", e.getMessage());
  }
}
