package org.bitloom.codegen.ir;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.codegen.target.WarpgroupAtom;
import org.bitloom.runtime.api.ActivationType;

/**
 * A kernel whose warpgroups multiply weights in registers with activations in shared memory. Weights and activations are copied
 * asynchronously, a pipeline stage at a time; weights are made and multiplied for each cell of 16 x 64; what remains runs once.
 */
public record WarpgroupIr(String entry, Weights weights, Stage.StreamActivations activations, Multiply multiply,
    Stage.ReduceSplits reduce, Stage.StoreTile store) implements LoweredKernel {
  /** How weights reach registers. */
  public sealed interface Weights {
    /** The stages that say so: those before the products, in the order in which they run. */
    Stream<?> before();

    /** The stages behind the products. */
    Stream<?> after();
  }

  /**
   * Codes are decoded one by one; scales are applied to accumulators.
   *
   * @param lift a power of two that decoded weights are multiplied with, or 0 for none
   */
  public record Decoded(Stage.StreamCodes codes, Optional<Stage.StreamParams> params, Stage.Unpack unpack, Lift lift,
      Optional<Sum> sum, Stage.ApplyParams apply) implements Weights {
    public Decoded {
      if (apply.needsSum() != sum.isPresent() || (apply.grouped() && params.isEmpty())) {
        throw new IllegalArgumentException(apply + " does not match the streams and sums before it");
      }
    }

    /** The planes that travel with the codes. */
    public List<PlaneUse> grouped() {
      return params.map(Stage.StreamParams::planes).orElse(List.of());
    }

    @Override
    public Stream<?> before() {
      return Stream.of(Stream.of(codes), params.stream(), Stream.of(unpack, lift), sum.stream()).flatMap(s -> s);
    }

    @Override
    public Stream<?> after() {
      return Stream.of(apply);
    }
  }

  /**
   * Weights are levels of their row and group, offset included, which the signs of planes look up: nothing is left to scale.
   *
   * @param x type of the activations, and so of the levels
   */
  public record LookedUp(SignStage.StreamSigns signs, ActivationType x) implements Weights {
    @Override
    public Stream<?> before() {
      return Stream.of(signs);
    }

    @Override
    public Stream<?> after() {
      return Stream.empty();
    }
  }

  /** Multiplies decoded weights by {@code 2^exponent}, exactly, so that products stay among the normal f32 numbers. */
  public record Lift(int exponent) {
  }

  /** Adds up activations over k with a product of ones: the rank-1 term of zero points and offsets. */
  public record Sum() {
  }

  /** Multiplies and accumulates in f32. */
  public record Multiply(WarpgroupAtom atom) {
  }

  @Override
  public String toString() {
    return Stream.of(Stream.of(activations), weights.before(), Stream.of(multiply), weights.after(),
        Stream.of(reduce, store)).flatMap(stage -> stage).map(stage -> "  " + stage + "\n")
        .collect(Collectors.joining("", "kernel " + entry + " {\n", "}\n"));
  }
}
