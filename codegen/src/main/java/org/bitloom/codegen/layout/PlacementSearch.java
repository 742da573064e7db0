package org.bitloom.codegen.layout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.codegen.layout.Tilings.Tiling;

/**
 * Finds where the bits of a format lie so that extracting them costs the fewest instruction slots. As many pairs as possible
 * lie whole, as the target pattern rotated; what is left of the words is shared by pairs in several parts. The search is
 * deterministic: the packed bytes of a format depend on its outcome.
 */
public final class PlacementSearch {
  private static final double BF16_WEIGHT = 0.3;

  private final TargetPattern pattern;
  private final Tilings tilings;

  private PlacementSearch(TargetPattern pattern) {
    this.pattern = pattern;
    this.tilings = Tilings.of(pattern);
  }

  /**
   * The cheapest placement found.
   *
   * @param f16 the patterns that f16 kernels may extract, any of which will do
   * @param bf16 the same for bf16 kernels, which count less
   */
  public static Placement search(List<TargetPattern> f16, List<TargetPattern> bf16) {
    Placement best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    for (TargetPattern pattern : f16) {
      PlacementSearch search = new PlacementSearch(pattern);
      for (Tiling tiling : search.tilings.all()) {
        Placement placement = search.place(tiling);
        double cost = cost(placement, pattern);
        if (cost < bestCost) {
          cost += BF16_WEIGHT * bf16.stream().mapToDouble(other -> cost(placement, other)).min().orElse(0);
        }
        if (cost < bestCost) {
          best = placement;
          bestCost = cost;
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("no target pattern to search for");
    }
    return best;
  }

  /** Instruction slots of the 16 extracts of a cell. */
  public static double cost(Placement placement, TargetPattern pattern) {
    return Extract.cost(
        IntStream.range(0, Placement.PAIRS).mapToObj(pair -> Extract.of(placement, pair, pattern)).toList());
  }

  /** The bits that a pair takes from one word, all under one rotation: target residues. */
  private record Take(int word, int rotation, int targets) {
  }

  /** Places whole pairs as {@code tiling} says in each word, then the rest. */
  private Placement place(Tiling tiling) {
    int words = pattern.bits();
    List<List<Take>> pairs = new ArrayList<>();
    int[] free = new int[words];
    for (int word = 0; word < words; word++) {
      free[word] = tiling.free();
      for (int rotation : tiling.rotations()) {
        pairs.add(List.of(new Take(word, cheapest(rotation, tilings.pattern()), tilings.pattern())));
      }
    }
    List<Take> taken = new ArrayList<>();
    while (pairs.size() < Placement.PAIRS) {
      pairs.add(split(free, taken));
    }
    Comparator<List<Take>> byLastWord = Comparator
        .comparingInt(takes -> takes.stream().mapToInt(Take::word).max().orElseThrow());
    pairs.sort(byLastWord);
    return placement(pairs);
  }

  /** Gathers one pair from the free residues of all words, the largest takes first. */
  private List<Take> split(int[] free, List<Take> taken) {
    List<Take> takes = new ArrayList<>();
    int need = tilings.pattern();
    while (need != 0) {
      Take best = bestTake(free, need, taken);
      takes.add(best);
      taken.add(best);
      need &= ~best.targets();
      free[best.word()] &= ~tilings.rotate(best.targets(), tilings.modulus() - best.rotation() % tilings.modulus());
    }
    return takes;
  }

  private Take bestTake(int[] free, int need, List<Take> taken) {
    Take best = null;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int word = 0; word < free.length; word++) {
      for (int by = 0; by < tilings.modulus(); by++) {
        int targets = tilings.rotate(free[word], by) & need;
        if (targets != 0) {
          Take take = new Take(word, cheapest(by, targets), targets);
          boolean shared = taken.stream()
              .anyMatch(other -> other.word() == take.word() && other.rotation() == take.rotation());
          double score = Integer.bitCount(targets) - (shared ? 0 : slots(take.rotation(), targets) / 4);
          if (score > bestScore) {
            best = take;
            bestScore = score;
          }
        }
      }
    }
    if (best == null) {
      throw new IllegalStateException("fewer free bits than needed");
    }
    return best;
  }

  /** Where halves repeat, a rotation and the one by 16 more do equally well; the cheaper of the two. */
  private int cheapest(int by, int targets) {
    return tilings.modulus() == 32 || slots(by, targets) <= slots(by + 16, targets) ? by : by + 16;
  }

  private double slots(int rotation, int targets) {
    int mask = tilings.modulus() == 32 ? targets : targets | targets << 16;
    return new Part(0, rotation, mask).kind().slots();
  }

  private Placement placement(List<List<Take>> pairs) {
    List<Integer> places = new ArrayList<>();
    for (List<Take> takes : pairs) {
      for (int target : pattern.positions()) {
        Take take = takes.stream().filter(t -> (t.targets() >>> target % tilings.modulus() & 1) != 0).findFirst()
            .orElseThrow();
        places.add(take.word() * 32 + (target - take.rotation() & 31));
      }
    }
    return new Placement(pattern.bits(), places);
  }
}
