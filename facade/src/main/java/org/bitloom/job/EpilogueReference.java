package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.SplittableRandom;

import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;

/** What a kernel does to its sums, in float64, with a bias vector that depends on n alone. */
final class EpilogueReference {
  private static final long SEED = 11;

  private final KernelUnit kernel;
  private final short[] bias;

  private EpilogueReference(KernelUnit kernel, short[] bias) {
    this.kernel = kernel;
    this.bias = bias;
  }

  static EpilogueReference of(KernelUnit kernel, int n) {
    short[] bias = new short[kernel.takesBias() ? n : 0];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < bias.length; i++) {
      bias[i] = SixteenBit.round(kernel.y(), random.nextGaussian());
    }
    return new EpilogueReference(kernel, bias);
  }

  /** The bias to give to the device, if the kernel takes one. */
  Optional<MemorySegment> bias(Arena arena) {
    return kernel.takesBias() ? Optional.of(arena.allocateFrom(ValueLayout.JAVA_SHORT, bias)) : Optional.empty();
  }

  /** The results of sums [m][n]. */
  double[][] apply(double[][] sums) {
    double[][] results = new double[sums.length][];
    for (int i = 0; i < sums.length; i++) {
      results[i] = sums[i].clone();
      for (int j = 0; j < results[i].length; j++) {
        for (EpilogueOp op : kernel.epilogue()) {
          results[i][j] = switch (op) {
            case BIAS -> results[i][j] + SixteenBit.value(kernel.y(), bias[j]);
            case SILU, GELU -> Activation.of(op, results[i][j]);
          };
        }
      }
    }
    return results;
  }
}
