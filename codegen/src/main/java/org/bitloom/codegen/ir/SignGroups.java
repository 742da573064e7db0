package org.bitloom.codegen.ir;

import java.util.Optional;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.SignSpace;

/**
 * How the parameters of binary-coded weights lie to packing units of {@link SignSpace#UNIT_K} features.
 *
 * @param features of a group; 0 where a whole row shares its parameters
 */
public record SignGroups(int features) {
  private static final int CELL_K = 64;

  /** The groups of {@code grouping}, where kernels can follow them. */
  public static Optional<SignGroups> of(Grouping grouping) {
    return switch (grouping) {
      case Grouping.Row _ -> Optional.of(new SignGroups(0));
      case Grouping.Group group when group.size() % SignSpace.UNIT_K == 0
          || (SignSpace.UNIT_K % group.size() == 0 && group.size() % CELL_K == 0) ->
        Optional.of(new SignGroups(group.size()));
      default -> Optional.empty();
    };
  }

  /** Groups of a packing unit, at least the one that it lies in; as often are scales applied in it. */
  public int perUnit() {
    return features == 0 ? 1 : Math.max(1, SignSpace.UNIT_K / features);
  }

  /** Whether levels of weights are looked up: where scales change so seldom that their tables are worth making. */
  public boolean looksUp() {
    return SignSpace.looksUp(perUnit());
  }

  /** A line for a plan: the groups, and how many planes of offsets share them. */
  public String describe(int offsets) {
    return "groups    %s, %s offset planes\n".formatted(features == 0 ? "rows" : features + " features", offsets);
  }

  /** Cells of 64 features between two applications of scales. */
  public int flushCells() {
    return SignSpace.UNIT_K / CELL_K / perUnit();
  }
}
