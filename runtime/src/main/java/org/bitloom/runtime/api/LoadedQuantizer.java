package org.bitloom.runtime.api;

/** An activation quantizer that a device has compiled and loaded. It lives as long as its device. */
public interface LoadedQuantizer {
  /** Gives every stream of the device, open now or later, a buffer for m tokens of k activations. */
  void prepare(int m, int k);

  /**
   * Queues the quantization of x[m][k]; allocates nothing and waits for nothing.
   *
   * @param quantized device address of the result, as {@link QuantizedShape} describes it
   */
  void launch(long x, long quantized, int m, int k, Stream stream);

  /** The address of the buffer that {@code stream} has for what its own launches quantize. */
  long buffer(Stream stream);
}
