package org.bitloom.codegen.ir;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.codegen.target.WarpgroupAtom;

/**
 * A kernel whose warpgroups multiply weights in registers with activations in shared memory: its stages, in the order in which
 * they run. The first three start asynchronous copies, those up to {@code apply} work on each 16 x 64 cell, the others run once.
 *
 * @param lift a power of two that decoded weights are multiplied with, or 0 for none
 */
public record WarpgroupIr(String entry, Stage.StreamCodes codes, Optional<Stage.StreamParams> params,
    Stage.StreamActivations activations, Stage.Unpack unpack, Lift lift, Optional<Sum> sum, Multiply multiply,
    Stage.ApplyParams apply, Stage.ReduceSplits reduce, Stage.StoreTile store) implements LoweredKernel {
  /** Multiplies decoded weights by {@code 2^exponent}, exactly, so that products stay among the normal f32 numbers. */
  public record Lift(int exponent) {
  }

  /** Adds up activations over k with a product of ones: the rank-1 term of zero points and offsets. */
  public record Sum() {
  }

  /** Multiplies and accumulates in f32. */
  public record Multiply(WarpgroupAtom atom) {
  }

  public WarpgroupIr {
    if (apply.needsSum() != sum.isPresent() || (apply.grouped() && params.isEmpty())) {
      throw new IllegalArgumentException(entry + ": " + apply + " does not match the streams and sums before it");
    }
  }

  /** The planes that travel with the codes. */
  public List<PlaneUse> grouped() {
    return params.map(Stage.StreamParams::planes).orElse(List.of());
  }

  @Override
  public String toString() {
    return Stream.of(Stream.of(codes), params.stream(), Stream.of(activations, unpack, lift), sum.stream(),
        Stream.of(multiply, apply, reduce, store)).flatMap(stage -> stage).map(stage -> "  " + stage + "\n")
        .collect(Collectors.joining("", "kernel " + entry + " {\n", "}\n"));
  }
}
