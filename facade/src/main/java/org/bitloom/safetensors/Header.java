package org.bitloom.safetensors;

import java.util.List;
import java.util.Map;

/**
 * What the JSON of a file says, checked against the size of its data.
 *
 * @param tensors in the order of their data
 * @param metadata the {@code __metadata__} strings, in file order
 */
record Header(List<TensorInfo> tensors, Map<String, String> metadata) {
  /** Longest header the format allows, in bytes. */
  static final long MAX_BYTES = 100_000_000;
  static final String METADATA = "__metadata__";
  /** The bytes that hold the header's length. */
  static final int LENGTH_BYTES = 8;
}
