package org.bitloom.runtime.quant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Codes groups for {@link Alternating}: searches from the levels of {@link Greedy}, from those of the integer format and from an
 * even span, rounds what it finds, and goes on in turns from the best of that, greedy and the integer format. Not for many
 * threads.
 */
final class GroupFit {
  private static final int MOST_ROUNDS = 100;

  private final SignGroup.Types types;
  private final SignFit fit;
  private final UniformStart uniform;
  private final LevelSearch search;

  GroupFit(SignGroup.Types types) {
    this.types = types;
    this.fit = new SignFit(types);
    this.uniform = new UniformStart(types);
    this.search = new LevelSearch(types);
  }

  SignFit.Coding code(double[] weights) {
    double centre = types.offset().isPresent() ? Arrays.stream(weights).sum() / weights.length : 0;
    SortedWeights sorted = new SortedWeights(weights, centre);
    SignFit.Coding greedy = fit.greedy(weights);
    SignGroup integers = uniform.integers(weights, sorted, centre);
    LevelSearch.Levels found = search.search(sorted,
        List.of(levels(greedy.group(), centre), levels(integers, centre), uniform.span(sorted)));
    SignFit.Coding best = fit.nearest(weights, SignGroup.nearest(types, found.scales(), found.offset() + centre));
    return rounds(fit, weights, best.better(greedy).better(fit.nearest(weights, integers))).getLast();
  }

  private static LevelSearch.Levels levels(SignGroup group, double centre) {
    return new LevelSearch.Levels(group.scales(), group.offset() - centre);
  }

  /** The start and every round that was taken, each better than the one before. */
  static List<SignFit.Coding> rounds(SignFit fit, double[] weights, SignFit.Coding start) {
    List<SignFit.Coding> rounds = new ArrayList<>(List.of(start));
    while (rounds.size() <= MOST_ROUNDS) {
      SignFit.Coding next = fit.alternate(weights, rounds.getLast());
      if (!(next.squaredError() < rounds.getLast().squaredError())) {
        break;
      }
      rounds.add(next);
    }
    return rounds;
  }
}
