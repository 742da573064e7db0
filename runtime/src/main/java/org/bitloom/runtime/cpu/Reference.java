package org.bitloom.runtime.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.quant.Dequantizer;

/**
 * The product {@code epilogue(x[m,k] * w[n,k]^T)} in float64, before the result is rounded: what devices are measured
 * against; of activations that a kernel quantizes, the product of what they are rounded to, which has no other rounding than
 * float64's. Sums run over k in a fixed order, so results are the same on every machine and for any number of threads.
 */
public final class Reference {
  private static final int PRODUCTS_PER_RANGE = 1 << 16;

  private final Dequantizer weights;
  private final ActivationType x;
  private final Optional<ActivationCode> code;
  private final Epilogue epilogue;
  private final ParallelRows parallel;

  private Reference(Dequantizer weights, ActivationType x, Optional<ActivationCode> code, Epilogue epilogue,
      ParallelRows parallel) {
    this.weights = weights;
    this.x = x;
    this.code = code;
    this.epilogue = epilogue;
    this.parallel = parallel;
  }

  /** The product that {@code kernel} computes. */
  public static Reference of(KernelUnit kernel, QuantizedWeights weights, Optional<MemorySegment> bias) {
    Dequantizer read = kernel.signPlanes().map(used -> new Dequantizer(weights, used))
        .orElseGet(() -> new Dequantizer(weights));
    return of(read, kernel.x(), kernel.code(), kernel.y(), kernel.epilogue(), bias);
  }

  /**
   * The product of {@code weights}.
   *
   * @param bias n numbers of type {@code y}, if and only if the epilogue adds a bias
   * @throws IllegalArgumentException if the bias is missing, superfluous or of a wrong size
   */
  public static Reference of(QuantizedWeights weights, ActivationType x, ActivationType y, List<EpilogueOp> epilogue,
      Optional<MemorySegment> bias) {
    return of(new Dequantizer(weights), x, y, epilogue, bias);
  }

  /** The product of the weights that {@code weights} gives: of binary-coded ones perhaps only their first planes. */
  public static Reference of(Dequantizer weights, ActivationType x, ActivationType y, List<EpilogueOp> epilogue,
      Optional<MemorySegment> bias) {
    return of(weights, x, Optional.empty(), y, epilogue, bias);
  }

  private static Reference of(Dequantizer weights, ActivationType x, Optional<ActivationCode> code, ActivationType y,
      List<EpilogueOp> epilogue, Optional<MemorySegment> bias) {
    if (bias.isPresent() != epilogue.contains(EpilogueOp.BIAS)) {
      throw new IllegalArgumentException(
          bias.isPresent()
              ? "the epilogue " + epilogue + " takes no bias"
              : "the epilogue " + epilogue + " needs a bias");
    }
    bias.ifPresent(segment -> requireBytes("bias", (long) Activations.BYTES * weights.n(), segment));
    double[] numbers = bias.map(segment -> Activations.read(y, segment, weights.n())).orElseGet(() -> new double[0]);
    return new Reference(weights, x, code, new Epilogue(List.copyOf(epilogue), numbers),
        ParallelRows.ofAllProcessors());
  }

  /** Output features. */
  public int n() {
    return weights.n();
  }

  /** Input features. */
  public int k() {
    return weights.k();
  }

  /**
   * The exact results y[m][n].
   *
   * @param activations x[m][k], two bytes a number
   */
  public double[] multiply(MemorySegment activations, int m) {
    double[] results = new double[Math.multiplyExact(m, n())];
    multiply(activations, m, (row, column, value) -> results[row * n() + column] = value);
    return results;
  }

  /** Takes results one by one, each place once, from several threads. */
  @FunctionalInterface
  interface Sink {
    void put(int m, int n, double value);
  }

  void multiply(MemorySegment activations, int m, Sink sink) {
    requireBytes("x", (long) Activations.BYTES * m * k(), activations);
    double[] numbers = code.map(c -> QuantizedTokens.of(c, x, activations, m, k()).numbers())
        .orElseGet(() -> Activations.read(x, activations, Math.multiplyExact(m, k())));
    int grain = (int) Math.ceilDiv(PRODUCTS_PER_RANGE, (long) m * k());
    parallel.forEach(n(), grain, (first, end) -> {
      double[] weight = new double[k()];
      for (int n = first; n < end; n++) {
        weights.row(n, weight);
        for (int row = 0; row < m; row++) {
          sink.put(row, n, epilogue.apply(dot(weight, numbers, row * k()), n));
        }
      }
    });
  }

  private static double dot(double[] w, double[] x, int from) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < w.length; i += 4) {
      a += w[i] * x[from + i];
      b += w[i + 1] * x[from + i + 1];
      c += w[i + 2] * x[from + i + 2];
      d += w[i + 3] * x[from + i + 3];
    }
    for (; i < w.length; i++) {
      a += w[i] * x[from + i];
    }
    return (a + b) + (c + d);
  }

  private static void requireBytes(String what, long bytes, MemorySegment segment) {
    if (segment.byteSize() != bytes) {
      throw new IllegalArgumentException(what + " has " + bytes + " bytes, not " + segment.byteSize());
    }
  }
}
