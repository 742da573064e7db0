package org.bitloom.runtime.api;

import java.util.Optional;

/** A loaded weight matrix: {@code y[m,n] = epilogue(x[m,k] * w[n,k]^T)}. */
public interface Linear extends AutoCloseable {
  /** Output features. */
  int n();

  /** Input features. */
  int k();

  /**
   * Makes ready for these batch sizes: chooses schedules, compiles or fetches kernels, loads them. After it,
   * {@link #forward} with these batches compiles and allocates nothing.
   */
  void prepare(int... batches);

  /** Pins the schedule for batch {@code m} and makes it ready; for tuners and tests. */
  void prepare(int m, Schedule schedule);

  /** The schedule that {@link #forward} uses for batch {@code m}; empty string where the device has no schedules. */
  String schedule(int m);

  /** What the kernel that {@link #forward} runs for batch {@code m} takes; empty where no kernel was compiled. */
  default Optional<KernelResources> report(int m) {
    return Optional.empty();
  }

  /**
   * Queues the product. Allocates nothing, waits for nothing, may be captured into a graph and called from many threads.
   *
   * @param x device address of x[m][k], row-major, 2-byte elements
   * @param y device address of y[m][n], row-major, 2-byte elements
   */
  void forward(long x, long y, int m, Stream stream);

  /**
   * The same weights, of which products read the first {@code used} sign planes only: fewer bytes, a coarser approximation.
   * Prepares batches of its own. Closing it leaves these weights loaded; it must not be used once they are closed.
   *
   * @throws IllegalArgumentException if these weights are not binary-coded or have fewer planes
   */
  Linear withPlanes(SignPlanes used);

  /**
   * The bytes that quantized activations of batch {@code m} take, for {@link #quantize}; 0 where this product does not
   * quantize activations.
   */
  default long quantizedBytes(int m) {
    return 0;
  }

  /**
   * Queues the quantization of activations, whose result several products of the same kernel family and activation code may
   * use. {@link #forward} does the same in a buffer of the stream.
   *
   * @param x device address of x[m][k]
   * @param quantized device address of {@link #quantizedBytes} bytes, aligned to 256
   * @throws UnsupportedOperationException if this product does not quantize activations
   */
  default void quantize(long x, long quantized, int m, Stream stream) {
    throw new UnsupportedOperationException("this product multiplies activations as they are");
  }

  /**
   * Queues the product of activations that {@link #quantize} of this batch left.
   *
   * @throws UnsupportedOperationException if this product does not quantize activations
   */
  default void forwardQuantized(long quantized, long y, int m, Stream stream) {
    throw new UnsupportedOperationException("this product multiplies activations as they are");
  }

  @Override
  void close();
}
