package org.bitloom.tests.emulated;

import java.util.List;
import java.util.stream.Stream;

/** Deliberate mistakes in generated kernels, of every family. */
final class Faults {
  /** Formats and kernels that together use every stage of every family. */
  static final String DECLARATIONS = """
      format fp6 { element float e3m2  scale f16 per row }
      format grouped { element uint 4  scale f16 per 48  scale f32 per row  zero uint 4 per 96  offset bf16 per 192 }
      format book { element codebook [-1, -0.6, -0.3, -0.1, 0, 0.2, 0.5, 1]  scale f16 per 64 }
      format signs { element binary 3  scale f16 per 128  offset f16 per 128 }
      format two_signs { element binary 2  scale f16 per row  offset f16 per row }
      format fine_signs { element binary 3  scale f16 per 64  offset f16 per 64 }
      format bipolar { element bipolar 3  scale f16 per row }
      format nibbles { element uint 4  scale f16 per 128  zero uint 4 per 128 }
      kernel fp6_plain { y f16 = x f16 * fp6 }
      kernel grouped_silu { y f16 = x f16 * grouped  epilogue bias, silu }
      kernel grouped_bf16 { y bf16 = x bf16 * grouped }
      kernel book_plain { y f16 = x f16 * book }
      kernel signs_plain { y f16 = x f16 * signs }
      kernel signs_two { y f16 = x f16 * two_signs }
      kernel signs_fine { y f16 = x f16 * fine_signs }
      kernel bipolar_2 { y f16 = x bipolar 2 * bipolar  tile m 8..256, n 16..256, k 64..1024 }
      kernel nibbles_8 { y f16 = x int 8 * nibbles }
      """;

  /** All of them, family by family. */
  static final List<Fault> ALL = Stream.of(DequantFaults.ALL, SignFaults.ALL, IntegerFaults.ALL, QuantizerFaults.ALL,
      EarlyFaults.ALL).flatMap(List::stream).toList();

  private Faults() {
  }
}
