package org.bitloom.runtime.api;

/** Which weights share one parameter. */
public sealed interface Grouping {
  /** Parameters per row of {@code k} weights. */
  int groups(int k);

  /** One parameter for the whole matrix. */
  record Tensor() implements Grouping {
    @Override
    public int groups(int k) {
      return 1;
    }
  }

  /** One parameter for each output feature. */
  record Row() implements Grouping {
    @Override
    public int groups(int k) {
      return 1;
    }
  }

  /** One parameter for each {@code size} weights along k; the last group of a row may be shorter. */
  record Group(int size) implements Grouping {
    public Group {
      if (size < 1) {
        throw new IllegalArgumentException("a group has at least one weight, not " + size);
      }
    }

    @Override
    public int groups(int k) {
      return Math.ceilDiv(k, size);
    }
  }
}
