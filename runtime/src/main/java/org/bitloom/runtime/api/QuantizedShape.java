package org.bitloom.runtime.api;

/**
 * Where the parts of quantized activations x[m][k] lie in one buffer. First a record for each token, the s32 sum of its
 * operands and its f32 scale; then, at a multiple of 1,024 bytes, the operands in atoms of 8 tokens x 128 bytes:
 *
 * <pre>
 * PLANES   [ceil(k/1024)][bits][ceil(m/8)][8 tokens][128 bytes], a bit an operand: plane j holds bit j of each code
 * BYTES    [2 ceil(k/256)][ceil(m/8)][8 tokens][128 bytes], a byte an operand
 * </pre>
 *
 * <p>Chunk c of 16 bytes of token r of an atom lies at chunk c ^ r, the 128-byte swizzle of shared memory, so that an atom can
 * be copied as it is. Features past k are 0; tokens past m are whatever was there. The order of features within 128 of
 * them is that of the weights, {@link ActivationQuantizer#run}.
 *
 * <p>Small batches are stored {@link #replicas} times, one copy {@link #replicaBytes} behind the other: all multiprocessors
 * read the same few lines of L2 at once, and copies spread them over more of its slices (measured: 1 to 2 us of 5 to 10 at batch
 * 16). Blocks choose a copy by their row; kernels of large batches read the first.
 *
 * @param form what an operand is
 * @param bits bits of a code
 */
public record QuantizedShape(OperandForm form, int bits, int m, int k) {
  /** Tokens of an atom, bytes of each of them in it, and of all. */
  public static final int ATOM_TOKENS = 8;
  public static final int ROW_BYTES = 128;
  public static final int ATOM_BYTES = ATOM_TOKENS * ROW_BYTES;
  /** Bytes of the record of a token. */
  public static final int RECORD_BYTES = 8;
  /** Kernels that copy large tiles read up to so many tokens past the end. */
  private static final int SLACK_TOKENS = 256;
  /** The largest batch that is stored more than once, and how often. */
  public static final int REPLICATED_TOKENS = 32;
  public static final int REPLICAS = 8;

  public QuantizedShape {
    if (m < 1 || k < 1) {
      throw new IllegalArgumentException("activations have m, k >= 1, not " + m + " x " + k);
    }
  }

  /** Where the operands begin, in bytes; the records begin at 0. */
  public long operands() {
    return (long) Math.ceilDiv(m * RECORD_BYTES, ATOM_BYTES) * ATOM_BYTES;
  }

  /** Rows of 128 bytes of one token, over all of k and all planes. */
  public int rows() {
    return switch (form) {
      case PLANES -> bits * Math.ceilDiv(k, rowsK(form));
      case BYTES -> rowsK(form) / ROW_BYTES * Math.ceilDiv(k, rowsK(form));
    };
  }

  /** Input features that rows of a token are a whole number of times long: those of one row of each plane, of two rows of bytes. */
  public static int rowsK(OperandForm form) {
    return switch (form) {
      case PLANES -> 8 * ROW_BYTES;
      case BYTES -> 2 * ROW_BYTES;
    };
  }

  /** The offset of byte {@code byteOfRow} of row {@code row}, 0 to {@link #rows()} - 1, of a token. */
  public long offset(int token, int row, int byteOfRow) {
    long atom = (long) row * Math.ceilDiv(m, ATOM_TOKENS) + token / ATOM_TOKENS;
    int inAtom = token % ATOM_TOKENS;
    int chunk = byteOfRow / 16 ^ inAtom;
    return operands() + (atom * ATOM_TOKENS + inAtom) * ROW_BYTES + 16L * chunk + byteOfRow % 16;
  }

  /** How often the operands are stored. */
  public int replicas() {
    return m <= REPLICATED_TOKENS ? REPLICAS : 1;
  }

  /** Bytes from one copy of the operands to the next. */
  public long replicaBytes() {
    return (long) rows() * Math.ceilDiv(m, ATOM_TOKENS) * ATOM_TOKENS * ROW_BYTES;
  }

  /** Bytes that a product reads at least: records, and one copy of the operands of its tokens. */
  public long readBytes() {
    return (long) m * (RECORD_BYTES + rows() * ROW_BYTES);
  }

  /** Bytes that the quantizer writes. */
  public long writtenBytes() {
    return (long) m * (RECORD_BYTES + replicas() * rows() * ROW_BYTES);
  }

  /** Bytes of the buffer, a multiple of 1,024. */
  public long bytes() {
    return operands() + replicas() * replicaBytes() + (long) SLACK_TOKENS * ROW_BYTES;
  }
}
