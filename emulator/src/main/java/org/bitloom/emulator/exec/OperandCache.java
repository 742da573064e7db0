package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.function.Supplier;

import org.bitloom.codegen.target.MmaType;
import org.bitloom.emulator.arith.Fp8;
import org.bitloom.emulator.arith.TensorCore;

/**
 * The last floating-point operands of matrix instructions of a warp, read out of their registers. Kernels multiply the same
 * activations by weights and by ones, so many an operand is what it was a moment ago.
 */
final class OperandCache {
  private static final int ENTRIES = 2;

  private static final class Entry {
    private final int[] words;
    private final TensorCore.Numbers numbers;
    private int[] places = {};
    private MmaType type = MmaType.S32;

    Entry(int registers, TensorCore.Numbers numbers) {
      this.words = new int[registers * Warp.LANES];
      this.numbers = numbers;
    }
  }

  private final Entry[] entries = new Entry[ENTRIES];
  private int oldest;

  /**
   * @param registers the most that an operand takes
   * @param room for the numbers in them
   */
  OperandCache(int registers, Supplier<TensorCore.Numbers> room) {
    Arrays.setAll(entries, i -> new Entry(registers, room.get()));
  }

  /**
   * The numbers in the registers {@code rows} of {@code w}.
   *
   * @param places where they go, in the order (register, lane, element)
   * @param depth columns of A, rows of B
   */
  TensorCore.Numbers read(Warp w, int[] rows, int[] places, MmaType type, int depth) {
    for (Entry e : entries) {
      if (e.places == places && sameWords(w, rows, e.words)) {
        return e.numbers;
      }
    }
    Entry e = entries[oldest];
    oldest = (oldest + 1) % ENTRIES;
    fill(e, w, rows, places, type, depth);
    return e.numbers;
  }

  private static boolean sameWords(Warp w, int[] rows, int[] words) {
    for (int r = 0; r < rows.length; r++) {
      int at = r * Warp.LANES;
      if (!Arrays.equals(w.r[rows[r]], 0, Warp.LANES, words, at, at + Warp.LANES)) {
        return false;
      }
    }
    return true;
  }

  private static void fill(Entry e, Warp w, int[] rows, int[] places, MmaType type, int depth) {
    e.type = type;
    e.places = places;
    boolean constant = true;
    int first = w.r[rows[0]][0];
    for (int r = 0; r < rows.length; r++) {
      int[] from = w.r[rows[r]];
      System.arraycopy(from, 0, e.words, r * Warp.LANES, Warp.LANES);
      for (int l = 0; l < Warp.LANES; l++) {
        constant &= from[l] == first;
      }
    }
    e.numbers.start(constant ? TensorCore.Rows.ALIKE : TensorCore.Rows.ANY, depth);
    put(e, rows.length * Warp.LANES);
  }

  private static void put(Entry e, int count) {
    int[] places = e.places;
    TensorCore.Numbers to = e.numbers;
    switch (e.type) {
      case F16 -> {
        for (int i = 0; i < count; i++) {
          to.f16x2(places[2 * i], places[2 * i + 1], e.words[i]);
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          to.bf16(places[2 * i], e.words[i]);
          to.bf16(places[2 * i + 1], e.words[i] >>> 16);
        }
      }
      default -> {
        Fp8 format = e.type == MmaType.E4M3 ? Fp8.E4M3 : Fp8.E5M2;
        for (int i = 0; i < count; i++) {
          for (int b = 0; b < 4; b++) {
            to.f16(places[4 * i + b], format.toF16(e.words[i] >>> (8 * b) & 0xff));
          }
        }
      }
    }
  }
}
