package org.bitloom.dsl.model;

/** Which weights share one scale, zero point or offset. */
public sealed interface Granularity {
  /** The spelling of the language: {@code tensor}, {@code row}, {@code 128}. */
  String spelling();

  /** One number for the whole matrix. */
  record PerTensor() implements Granularity {
    @Override
    public String spelling() {
      return "tensor";
    }
  }

  /** One number for each of the n output features. */
  record PerRow() implements Granularity {
    @Override
    public String spelling() {
      return "row";
    }
  }

  /** One number for each run of {@code size} weights along k, in each row; the last run may be shorter. */
  record PerGroup(int size) implements Granularity {
    public PerGroup {
      if (size < 1) {
        throw new IllegalArgumentException("a group has at least one weight, not " + size);
      }
    }

    @Override
    public String spelling() {
      return Integer.toString(size);
    }
  }
}
