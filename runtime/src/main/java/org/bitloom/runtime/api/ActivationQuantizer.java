package org.bitloom.runtime.api;

/**
 * The kernel that quantizes activations for another kernel. Its single entry takes x, the buffer that {@link QuantizedShape}
 * describes (pointers), k and m (s32); one block of {@link #THREADS} threads for each token.
 *
 * @param entry name of the {@code extern "C"} kernel
 * @param cuda self-contained CUDA text
 * @param code how a token is quantized
 * @param form what it writes
 * @param run the order of features: chunk c of 16 operands of a token's row of k holds features 2i and 2i + 1, for i = 0..3, of
 *     each of two runs of 8 features: those that start at {@code first(c)} and at {@code first(c) + run}
 * @param x type of the activations
 */
public record ActivationQuantizer(String entry, String cuda, ActivationCode code, OperandForm form, int run,
    ActivationType x) {
  /** Features from one run of a chunk to the other where kernels read weights as codes: runs of 8 are neighbours. */
  public static final int CODES_RUN = 8;
  /** The same where kernels read weights as bit planes. */
  public static final int PLANES_RUN = 64;
  /** Threads of a block. */
  public static final int THREADS = 128;

  public ActivationQuantizer {
    if (run != CODES_RUN && run != PLANES_RUN) {
      throw new IllegalArgumentException(
          "runs of features are " + CODES_RUN + " or " + PLANES_RUN + " apart, not " + run);
    }
  }

  /** The buffer for m tokens of k activations. */
  public QuantizedShape shape(int m, int k) {
    return new QuantizedShape(form, code.bits(), m, k);
  }

  /** The launch for m tokens. */
  public LaunchShape launch(int m) {
    return new LaunchShape(m, 1, 1, THREADS, 0, 0, 0);
  }

  /** The feature that operand {@code position} of a token holds. */
  public int feature(int position) {
    int chunk = position / 16;
    int first = chunk / (run / 8) * 2 * run + chunk % (run / 8) * 8;
    int pair = position % 16 / 4;
    int element = position % 4;
    return first + (element & 1) * run + 2 * pair + (element >> 1);
  }
}
