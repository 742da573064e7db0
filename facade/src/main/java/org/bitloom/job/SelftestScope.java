package org.bitloom.job;

import java.util.List;
import java.util.Optional;

/**
 * How much a selftest runs.
 *
 * @param batches ascending
 * @param otherSchedules schedules tried besides the first choice, for the shapes and batches below
 */
record SelftestScope(List<Shape> shapes, List<Integer> batches, int otherSchedules) {
  private static final List<Shape> ALL_SHAPES = List.of(new Shape(256, 512), new Shape(128, 1024), new Shape(77, 200),
      new Shape(1, 16), new Shape(33, 75), new Shape(512, 64), new Shape(1000, 1111));
  private static final List<Integer> ALL_BATCHES = List.of(1, 2, 7, 8, 16, 33, 64);

  /** Shapes and batches that are tried with other schedules too: one of each kind, for each schedule is compiled. */
  private static final List<Shape> SEARCHED_SHAPES = List.of(new Shape(256, 512), new Shape(77, 200));
  private static final List<Integer> SEARCHED_BATCHES = List.of(1, 16, 33);

  static final SelftestScope FULL = new SelftestScope(ALL_SHAPES, ALL_BATCHES, 3);
  static final SelftestScope QUICK = new SelftestScope(List.of(new Shape(256, 512), new Shape(33, 75)),
      List.of(1, 7, 16), 0);
  static final SelftestScope EMULATED = new SelftestScope(List.of(new Shape(64, 128), new Shape(33, 75)),
      List.of(1, 7), 0);

  /** No products. */
  static final SelftestScope NOTHING = new SelftestScope(List.of(), List.of(), 0);

  /** The layer that tuned schedules are checked with: deep enough along k for all of their warps to work. */
  Optional<Shape> tunedShape() {
    return otherSchedules > 0 ? Optional.of(new Shape(256, 8192)) : Optional.empty();
  }

  boolean searches(Shape shape, int m) {
    return otherSchedules > 0 && SEARCHED_SHAPES.contains(shape) && SEARCHED_BATCHES.contains(m);
  }

  int largestBatch() {
    return batches.getLast();
  }

  /** Products of one kernel, other schedules not counted. */
  int productsPerKernel() {
    return shapes.size() * batches.size();
  }
}
