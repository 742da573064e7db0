package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.QuantizedShape;

/** How quantized activations lie in their buffer, as {@link QuantizedShape} says it: text of constants. */
final class QuantizedText {
  static final String CONSTANTS = """
      // Records of tokens, then operands in atoms of rows of one token.
      constexpr int kAtomTokens = %s;
      constexpr int kRowBytes = %s;
      constexpr int kAtomBytes = %s;
      constexpr int kAtomRecords = kAtomBytes / %s;
      constexpr int kReplicatedTokens = %s;  // batches up to it are stored kReplicas times
      constexpr int kReplicas = %s;
      """.formatted(QuantizedShape.ATOM_TOKENS, QuantizedShape.ROW_BYTES, QuantizedShape.ATOM_BYTES,
      QuantizedShape.RECORD_BYTES, QuantizedShape.REPLICATED_TOKENS, QuantizedShape.REPLICAS);

  private QuantizedText() {
  }
}
