package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How one register of a pair of codes is gathered from the words of a cell: the OR of its parts. */
public record Extract(List<Part> parts) {
  public Extract {
    parts = List.copyOf(parts);
    int seen = 0;
    for (Part part : parts) {
      if ((seen & part.mask()) != 0) {
        throw new IllegalArgumentException("two parts supply the same bit: " + parts);
      }
      seen |= part.mask();
    }
  }

  /** The extract of {@code pair} for {@code pattern} where codes lie as {@code placement} says; the widest part first. */
  static Extract of(Placement placement, int pair, TargetPattern pattern) {
    List<Part> parts = new ArrayList<>();
    for (int half = 0; half < 2; half++) {
      for (int bit = 0; bit < pattern.bits(); bit++) {
        int place = placement.place(pair, half, bit);
        int target = pattern.position(half, bit);
        add(parts, place / 32, (target - place) & 31, 1 << target);
      }
    }
    parts.sort(Comparator.comparingInt((Part part) -> -Integer.bitCount(part.mask())).thenComparingInt(Part::word)
        .thenComparingInt(Part::rotate));
    return new Extract(parts);
  }

  private static void add(List<Part> parts, int word, int rotate, int mask) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part.word() == word && part.rotate() == rotate) {
        parts.set(i, new Part(word, rotate, part.mask() | mask));
        return;
      }
    }
    parts.add(new Part(word, rotate, mask));
  }

  /** The register, computed from the words of a cell. */
  public int apply(int[] words) {
    int register = 0;
    for (Part part : parts) {
      register |= part.apply(words);
    }
    return register;
  }

  /** Instruction slots of several extracts of one cell: a LOP3 for each part, and rotations, which they share. */
  static double cost(List<Extract> extracts) {
    record Rotation(int word, int rotate, Part.Kind kind) {
    }
    Set<Rotation> rotations = new HashSet<>();
    double slots = 0;
    for (Extract extract : extracts) {
      for (Part part : extract.parts) {
        slots += 1;
        if (rotations.add(new Rotation(part.word(), part.rotate(), part.kind()))) {
          slots += part.kind().slots();
        }
      }
    }
    return slots;
  }

  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining(" | "));
  }
}
