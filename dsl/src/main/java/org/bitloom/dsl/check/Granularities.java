package org.bitloom.dsl.check;

import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.syntax.SyntaxTree;

/** Checks what shares one parameter, and compares how fine two granularities are. */
final class Granularities {
  private static final int GROUP_STEP = 16;
  private static final int LARGEST_GROUP = 1 << 16;

  private Granularities() {
  }

  static Optional<Granularity> check(SyntaxTree.Granularity granularity, List<Diagnostic> diagnostics) {
    return switch (granularity) {
      case SyntaxTree.Row _ -> Optional.of(new Granularity.PerRow());
      case SyntaxTree.Tensor _ -> Optional.of(new Granularity.PerTensor());
      case SyntaxTree.Group group -> {
        if (group.size() >= GROUP_STEP && group.size() <= LARGEST_GROUP && group.size() % GROUP_STEP == 0) {
          yield Optional.of(new Granularity.PerGroup(group.size()));
        }
        diagnostics.add(Diagnostic.error(group.span(), "a group cannot have " + group.size() + " weights").expecting(
            "a multiple of " + GROUP_STEP + " (the k of one Tensor Core step) up to " + LARGEST_GROUP + ", or row"));
        yield Optional.empty();
      }
    };
  }

  /** How many weights share a number, as something to compare: a row is coarser than every group. */
  static long coarseness(Granularity granularity) {
    return switch (granularity) {
      case Granularity.PerGroup group -> group.size();
      case Granularity.PerRow _ -> Integer.MAX_VALUE;
      case Granularity.PerTensor _ -> Long.MAX_VALUE;
    };
  }
}
