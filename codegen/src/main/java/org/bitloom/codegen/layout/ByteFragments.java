package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ActivationQuantizer;

/**
 * How words become registers of four bytes, operand A of integer MMAs: a list of steps, each of which ORs parts of the words
 * so far and appends one word.
 *
 * @param words words at the start
 * @param steps what is appended, in order; a part's word counts the words at the start, then the steps
 * @param registers the 8 words that are the registers, as {@link #ofCodes} and {@link #ofPlanes} say
 * @param run the order of features in the registers: bytes 0 and 2 of lane t are features 2t and 2t + 1 of one run of 8, bytes 1
 *     and 3 those of the run that begins {@code run} features later
 */
public record ByteFragments(int words, List<Extract> steps, List<Integer> registers, int run) {
  private static final int[] PAIR_MASKS = {0x55555555, 0xaaaaaaaa};
  private static final int[] NIBBLE_MASKS = {0x33333333, 0xcccccccc};
  private static final int[] BYTE_MASKS = {0x0f0f0f0f, 0xf0f0f0f0};

  public ByteFragments {
    steps = List.copyOf(steps);
    registers = List.copyOf(registers);
    if (registers.size() != 8) {
      throw new IllegalArgumentException("8 registers, not " + registers.size());
    }
  }

  /**
   * Registers of the fields of a cell's words: register 2f + h is features 16f to 16f + 15 of row g + 8h. Needs no step but
   * one for each register.
   */
  public static ByteFragments ofCodes(WeightLayout layout) {
    List<Extract> steps = new ArrayList<>();
    for (int register = 0; register < 8; register++) {
      int even = 4 * (register / 2) + register % 2;
      steps.add(merge(Extract.of(layout.placement(), even, pattern(layout.bits(), 0)),
          Extract.of(layout.placement(), even + 2, pattern(layout.bits(), 8))));
    }
    return new ByteFragments(layout.bits(), steps, IntStream.range(layout.bits(), layout.bits() + 8).boxed().toList(),
        ActivationQuantizer.CODES_RUN);
  }

  /** Fields at bits {@code at} of both halves of a register. */
  private static TargetPattern pattern(int bits, int at) {
    return new TargetPattern(
        IntStream.concat(IntStream.range(at, at + bits), IntStream.range(at + 16, at + 16 + bits)).boxed().toList());
  }

  private static Extract merge(Extract a, Extract b) {
    List<Part> parts = new ArrayList<>(a.parts());
    for (Part part : b.parts()) {
      int same = IntStream.range(0, parts.size())
          .filter(i -> parts.get(i).word() == part.word() && parts.get(i).rotate() == part.rotate()).findFirst()
          .orElse(-1);
      if (same < 0) {
        parts.add(part);
      } else {
        parts.set(same, new Part(part.word(), part.rotate(), parts.get(same).mask() | part.mask()));
      }
    }
    return new Extract(parts);
  }

  /**
   * Registers of the words of {@code planes} planes of one row, each of 8 runs of features: bit S of byte j of the words belongs
   * into byte j of register S. Planes are brought together two, four and eight at a time.
   */
  public static ByteFragments ofPlanes(int planes) {
    Builder builder = new Builder(planes);
    List<Integer> registers = new ArrayList<>();
    if (planes <= 2) {
      for (int s = 0; s < 8; s++) {
        registers.add(
            planes == 1 ? builder.take(0, s, 0x01010101) : builder.take(builder.pair(0, s % 2), s - s % 2, 0x03030303));
      }
      return new ByteFragments(planes, builder.steps, registers, PlaneLayout.RUN);
    }
    for (int s = 0; s < 8; s++) {
      int low = builder.nibble(0, s % 4);
      registers.add(planes <= 4
          ? builder.take(low, s - s % 4, BYTE_MASKS[0])
          : builder.join(low, builder.nibble(4, s % 4), s - s % 4, 4, BYTE_MASKS));
    }
    return new ByteFragments(planes, builder.steps, registers, PlaneLayout.RUN);
  }

  /** Appends steps, each once. */
  private static final class Builder {
    private final int planes;
    private final List<Extract> steps = new ArrayList<>();

    Builder(int planes) {
      this.planes = planes;
    }

    private int append(List<Part> parts) {
      Extract step = new Extract(parts);
      int known = steps.indexOf(step);
      if (known >= 0) {
        return planes + known;
      }
      steps.add(step);
      return planes + steps.size() - 1;
    }

    /** {@code (word >> by) & mask}. */
    int take(int word, int by, int mask) {
      return append(List.of(new Part(word, -by & 31, mask)));
    }

    /** Fields of {@code word} moved down by {@code by} under masks[0], and above them those of {@code upper}. */
    int join(int word, int upper, int by, int width, int[] masks) {
      return append(List.of(new Part(word, -by & 31, masks[0]), new Part(upper, width - by & 31, masks[1])));
    }

    /** Two-bit fields of planes {@code plane} and the next, of the bits with index odd or even. */
    int pair(int plane, int odd) {
      return join(plane, plane + 1, odd, 1, PAIR_MASKS);
    }

    /** Four-bit fields of planes {@code plane} to {@code plane} + 3 or to the last, of the bits whose index mod 4 is {@code s}. */
    int nibble(int plane, int s) {
      int count = Math.min(4, planes - plane);
      return switch (count) {
        case 1 -> take(plane, s, 0x11111111);
        case 2 -> take(pair(plane, s % 2), s - s % 2, NIBBLE_MASKS[0]);
        case 3 -> append(List.of(new Part(pair(plane, s % 2), -(s - s % 2) & 31, NIBBLE_MASKS[0]),
            new Part(plane + 2, 2 - s & 31, 0x44444444)));
        default -> join(pair(plane, s % 2), pair(plane + 2, s % 2), s - s % 2, 2, NIBBLE_MASKS);
      };
    }
  }

  /** The registers, computed from the words at the start. */
  public int[] apply(int[] start) {
    int[] all = new int[words + steps.size()];
    System.arraycopy(start, 0, all, 0, words);
    for (int i = 0; i < steps.size(); i++) {
      all[words + i] = steps.get(i).apply(all);
    }
    return registers.stream().mapToInt(register -> all[register]).toArray();
  }
}
