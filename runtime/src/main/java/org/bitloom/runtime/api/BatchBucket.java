package org.bitloom.runtime.api;

import java.util.stream.IntStream;

/**
 * Batches that share a schedule: 1 alone, 2 alone, 3 to 4, 5 to 8, and from there on eight at a time, the columns of one MMA.
 * Buckets are finer where a batch more is a larger part of the work, and where kernels that multiply column by column lose to
 * others from one batch to the next.
 *
 * @param smallest its smallest batch
 * @param largest its largest batch, which names it in tuning files
 */
public record BatchBucket(int smallest, int largest) {
  private static final int COLUMNS = 8;
  /** Buckets of batches up to {@link #COLUMNS}. */
  private static final int SMALL = 4;

  public BatchBucket {
    if (smallest < 1 || index(smallest) != index(largest)) {
      throw new IllegalArgumentException("batches " + smallest + " to " + largest + " share no schedule");
    }
  }

  /** The bucket that {@code m} lies in. */
  public static BatchBucket of(int m) {
    if (m > COLUMNS) {
      int largest = Math.ceilDiv(m, COLUMNS) * COLUMNS;
      return new BatchBucket(largest - COLUMNS + 1, largest);
    }
    int largest = m == 1 ? 1 : Integer.highestOneBit(2 * m - 1);
    return new BatchBucket(largest / 2 + 1, largest);
  }

  /** The number of the bucket that {@code m} lies in, from 0: buckets of smaller batches come first. */
  public static int index(int m) {
    return m <= COLUMNS ? Integer.SIZE - Integer.numberOfLeadingZeros(m - 1) : SMALL - 2 + Math.ceilDiv(m, COLUMNS);
  }

  /** Its batches. */
  public IntStream batches() {
    return IntStream.rangeClosed(smallest, largest);
  }

  /** The buckets of larger batches that fill as many tiles of 8 columns, whose numbers are powers of two; nearest first. */
  public IntStream fuller() {
    int full = Integer.highestOneBit(2 * Math.ceilDiv(largest, COLUMNS) - 1) * COLUMNS;
    return full == COLUMNS
        ? IntStream.iterate(2 * largest, wider -> wider <= COLUMNS, wider -> 2 * wider)
        : IntStream.of(full).filter(wider -> wider > largest);
  }
}
