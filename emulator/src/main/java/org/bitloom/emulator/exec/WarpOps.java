package org.bitloom.emulator.exec;

import java.util.Arrays;

import org.bitloom.emulator.sanitize.FaultKind;

/** Exchange between the lanes of a warp (PTX ISA 9.7.9.6 shfl.sync, 9.7.13.9 vote.sync, 9.7.13.10 match, 9.7.13.12 redux). */
public final class WarpOps {
  private WarpOps() {
  }

  /** The lanes named in row {@code members} must all be here, or have exited. */
  static int requireMembers(Warp w, int members) {
    int named = w.r[members][Integer.numberOfTrailingZeros(w.mask)];
    if ((named & w.mask) != w.mask) {
      throw w.fault(FaultKind.INVALID_OPERAND, -1, "lanes 0x" + Integer.toHexString(w.mask & ~named)
          + " execute it but are not in its member mask 0x" + Integer.toHexString(named));
    }
    int missing = named & w.live & ~w.mask;
    if (missing != 0) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1, "lanes 0x" + Integer.toHexString(missing)
          + " of its member mask 0x" + Integer.toHexString(named) + " are on another path");
    }
    return named & w.mask;
  }

  /** shfl.sync. */
  public static final class Shuffle extends Op {
    /** How the source lane is found. */
    public enum Source {
      IDX, UP, DOWN, BFLY
    }

    private final Source kind;
    private final int to;
    private final int predicate;
    private final int value;
    private final int lanes;
    private final int clamp;
    private final int members;

    /** All rows are int rows; {@code predicate} is -1 where it is not asked for. */
    public Shuffle(Source kind, int to, int predicate, int value, int lanes, int clamp, int members) {
      this.kind = kind;
      this.to = to;
      this.predicate = predicate;
      this.value = value;
      this.lanes = lanes;
      this.clamp = clamp;
      this.members = members;
    }

    @Override
    public void run(Warp w) {
      int here = requireMembers(w, members);
      int[] from = w.r[value];
      int[] out = w.intScratch;
      int inside = 0;
      for (int m = here; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int b = w.r[lanes][l] & 31;
        int c = w.r[clamp][l];
        int segment = c >> 8 & 31;
        int max = (l & segment) | (c & 31 & ~segment);
        int j = switch (kind) {
          case IDX -> (l & segment) | (b & ~segment);
          case UP -> l - b;
          case DOWN -> l + b;
          case BFLY -> l ^ b;
        };
        boolean ok = kind == Source.UP ? j >= max : j <= max;
        int source = ok ? j : l;
        if ((here >> source & 1) == 0) {
          throw w.fault(FaultKind.INVALID_OPERAND, l, "it reads lane " + source + ", which does not take part");
        }
        out[l] = from[source];
        inside |= (ok ? 1 : 0) << l;
      }
      w.commitInts(to);
      if (predicate >= 0) {
        w.setPredicate(predicate, inside);
      }
    }
  }

  /** vote.sync. */
  public static final class Vote extends Op {
    /** What is asked. */
    public enum Question {
      ALL, ANY, UNI, BALLOT
    }

    private final Question kind;
    private final int to;
    private final PredicateSource source;
    private final int members;

    /** @param to int row of a ballot, else a predicate */
    public Vote(Question kind, int to, PredicateSource source, int members) {
      this.kind = kind;
      this.to = to;
      this.source = source;
      this.members = members;
    }

    @Override
    public void run(Warp w) {
      int here = requireMembers(w, members);
      int votes = source.of(w) & here;
      switch (kind) {
        case ALL -> w.setPredicate(to, votes == here ? -1 : 0);
        case ANY -> w.setPredicate(to, votes != 0 ? -1 : 0);
        case UNI -> w.setPredicate(to, votes == here || votes == 0 ? -1 : 0);
        case BALLOT -> {
          Arrays.fill(w.intScratch, votes);
          w.commitInts(to);
        }
      }
    }
  }

  /** What all members of a warp learn from the numbers of all: redux.sync, match.any.sync. */
  public static final class Combine extends Op {
    /** Computes the results of the lanes of {@code members}. */
    @FunctionalInterface
    interface Combination {
      void of(int[] values, int members, int[] results);
    }

    private final Combination combination;
    private final int to;
    private final int value;
    private final int members;

    private Combine(Combination combination, int to, int value, int members) {
      this.combination = combination;
      this.to = to;
      this.value = value;
      this.members = members;
    }

    /** redux.sync; all rows are int rows, {@code function} combines its first two operands. */
    public static Combine reduce(IntLanes.Function function, int to, int value, int members) {
      return new Combine((values, here, results) -> {
        int sum = values[Integer.numberOfTrailingZeros(here)];
        for (int m = here & here - 1; m != 0; m &= m - 1) {
          sum = function.of(sum, values[Integer.numberOfTrailingZeros(m)], 0);
        }
        Arrays.fill(results, sum);
      }, to, value, members);
    }

    /** match.any.sync.b32; all rows are int rows. */
    public static Combine matchAny(int to, int value, int members) {
      return new Combine((values, here, results) -> {
        for (int l = 0; l < Warp.LANES; l++) {
          int same = 0;
          for (int k = 0; k < Warp.LANES; k++) {
            same |= (values[k] == values[l] ? 1 : 0) << k;
          }
          results[l] = same & here;
        }
      }, to, value, members);
    }

    @Override
    public void run(Warp w) {
      combination.of(w.r[value], requireMembers(w, members), w.intScratch);
      w.commitInts(to);
    }
  }

  /** activemask (PTX ISA 9.7.13.11). */
  public static final class ActiveMask extends Op {
    private final int to;

    /** @param to int row */
    public ActiveMask(int to) {
      this.to = to;
    }

    @Override
    public void run(Warp w) {
      Arrays.fill(w.intScratch, w.active);
      w.commitInts(to);
    }
  }

  /** elect.sync (PTX ISA 9.7.13.14): the lowest member is the leader. */
  public static final class Elect extends Op {
    private final int to;
    private final int predicate;
    private final int members;

    /** @param to int row of the leader's lane, or -1 */
    public Elect(int to, int predicate, int members) {
      this.to = to;
      this.predicate = predicate;
      this.members = members;
    }

    @Override
    public void run(Warp w) {
      int here = requireMembers(w, members);
      int leader = Integer.numberOfTrailingZeros(here);
      if (to >= 0) {
        Arrays.fill(w.intScratch, leader);
        w.commitInts(to);
      }
      w.setPredicate(predicate, 1 << leader);
    }
  }
}
