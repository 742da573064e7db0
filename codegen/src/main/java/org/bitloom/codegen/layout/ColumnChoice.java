package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Chooses the column of a register where each pair of integers starts so that extracting all of them costs least: pairs stay
 * where they lie, or use the shift of another pair of their word.
 *
 * @param highest the last column that holds a field bit
 */
record ColumnChoice(Placement placement, int highest) {
  private record Rotation(int word, int rotate) {
  }

  /** A column for each pair. */
  static List<Integer> cheapest(Placement placement, int highest) {
    ColumnChoice choice = new ColumnChoice(placement, highest);
    return choice.columns().mapToObj(choice::choose).min(Comparator.comparingDouble(choice::cost)).orElseThrow();
  }

  /** The pattern of fields of {@code bits} bits that start at {@code column} of both halves. */
  static TargetPattern pattern(int bits, int column) {
    return new TargetPattern(
        IntStream.of(column, column + 16).flatMap(start -> IntStream.range(start, start + bits)).boxed().toList());
  }

  private IntStream columns() {
    return IntStream.rangeClosed(0, highest + 1 - placement.bits());
  }

  /** Pairs in several parts, which bring most shifts, go to {@code splitColumn}; the others follow. */
  private List<Integer> choose(int splitColumn) {
    List<Integer> chosen = new ArrayList<>();
    Set<Rotation> rotations = new HashSet<>();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      Extract extract = extract(pair, splitColumn);
      chosen.add(splitColumn);
      if (extract.parts().size() > 1) {
        extract.parts().forEach(part -> rotations.add(rotation(part)));
      }
    }
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      if (extract(pair, splitColumn).parts().size() == 1) {
        int column = column(pair, rotations);
        chosen.set(pair, column);
        rotations.add(rotation(extract(pair, column).parts().getFirst()));
      }
    }
    return chosen;
  }

  /** The column that needs no new shift, else the lowest: the pairs above it will fit after the same shift. */
  private int column(int pair, Set<Rotation> rotations) {
    return columns().boxed().min(Comparator.<Integer>comparingInt(column -> {
      Part part = extract(pair, column).parts().getFirst();
      return part.rotate() == 0 ? 0 : rotations.contains(rotation(part)) ? 1 : 2;
    }).thenComparingInt(column -> column)).orElseThrow();
  }

  private static Rotation rotation(Part part) {
    return new Rotation(part.word(), part.rotate());
  }

  private Extract extract(int pair, int column) {
    return Extract.of(placement, pair, pattern(placement.bits(), column));
  }

  private double cost(List<Integer> columns) {
    return Extract
        .cost(IntStream.range(0, Placement.PAIRS).mapToObj(pair -> extract(pair, columns.get(pair))).toList());
  }
}
