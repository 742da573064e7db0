package org.bitloom.job;

/** Is told what is measured, as soon as it is known. */
public interface BenchListener {
  /** A kernel of plain activations was measured. */
  void row(BenchRow row);

  /** A kernel of quantized activations was measured. */
  void row(QuantizedRow row);

  /** A kernel is wrong; it was not measured. */
  void problem(String problem);
}
