package org.bitloom.codegen.layout;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ActivationQuantizer;

/**
 * The order of features in quantized activations. Four lanes share a block of 128 features and write its 8 chunks of 16
 * operands, two each; register t of a chunk holds features 2t and 2t + 1 of one run of 8 in bytes 0 and 2, those of the run that
 * begins {@code run} features later in bytes 1 and 3. Kernels that read the operands as planes find bit S + 8j of a block's word t
 * in byte j of chunk S's register t ({@link PlaneLayout}, {@link ByteFragments}).
 *
 * @param run features from one run of a chunk to the other, as {@link ActivationQuantizer} takes them
 */
public record OperandOrder(int run) {
  /** Features of a block. */
  public static final int BLOCK = 128;
  private static final int RUN_FEATURES = 8;
  private static final int OPERANDS = 4;

  /** Features from the first run of a chunk to that of the next. */
  public int chunkStep() {
    return run == ActivationQuantizer.CODES_RUN ? 2 * RUN_FEATURES : RUN_FEATURES;
  }

  /** Bytes (PTX ISA, prmt) that bring the low bytes of one run's and the other run's code side by side. */
  public static String sideBySide() {
    return order(0, OPERANDS, 0, 0);
  }

  /** Bytes that put the operands of a second feature of each run above those of the first. */
  public static String above() {
    return order(0, 1, OPERANDS, OPERANDS + 1);
  }

  /** Bit S of every operand of a register, as a mask; chunk S has its bits there in the words of planes. */
  public static int bitOfEach(int s) {
    return IntStream.range(0, OPERANDS).map(j -> 1 << (8 * j + s)).reduce(0, (a, b) -> a | b);
  }

  /** An expression that masks operands whose features, of run {@code one} and of run {@code other}, are below {@code k}. */
  public static String existing() {
    return IntStream.range(0, OPERANDS)
        .mapToObj(j -> "(%s%s < k ? 0x%xu : 0)".formatted(j % 2 == 0 ? "one" : "other", j / 2 == 0 ? "" : " + 1",
            0xffL << (8 * j)))
        .collect(Collectors.joining(" | "));
  }

  private static String order(int... bytes) {
    return "0x%04x".formatted(IntStream.range(0, bytes.length).map(i -> bytes[i] << (4 * i)).sum());
  }
}
