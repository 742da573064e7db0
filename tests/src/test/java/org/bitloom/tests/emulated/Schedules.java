package org.bitloom.tests.emulated;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DequantWgmmaSchedule;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.IntegerMmaSchedule;
import org.bitloom.runtime.api.IntegerWgmmaSchedule;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.SignSchedule;

/** Which of a kernel's schedules are tried: the legal ones nearest to a few that use every feature of a schedule. */
final class Schedules {
  /**
   * Split-K; k-groups with two row tiles and batch tiles; several units and stages; all at once. Warpgroups side by side with
   * split-K; row tiles and a wide batch in several blocks; parts of a split-K that share
   * what they add up unevenly.
   */
  private static final List<Schedule> WISHES = List.of(new DequantMmaSchedule(2, 1, 1, 1, 1, 2, 2, 1),
      new DequantMmaSchedule(1, 2, 2, 2, 1, 3, 1, 1), new DequantMmaSchedule(1, 1, 1, 1, 2, 4, 1, 1),
      new DequantMmaSchedule(2, 2, 1, 2, 1, 2, 2, 1), new DequantWgmmaSchedule(2, 1, 2, 1, 3, 2, 1, 1),
      new DequantWgmmaSchedule(1, 2, 4, 2, 4, 1, 2, 1), new DequantWgmmaSchedule(1, 1, 2, 2, 5, 1, 1, 1),
      new DequantWgmmaSchedule(1, 2, 2, 1, 2, 3, 1, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.PLANES, 8, 1, 1, 8, 1, 2, 2, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.PLANES, 1, 2, 2, 16, 1, 3, 1, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.PLANES, 1, 1, 2, 4, 2, 4, 1, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.BYTES, 2, 1, 1, 8, 1, 2, 2, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.BYTES, 1, 2, 2, 16, 1, 3, 1, 1),
      new IntegerMmaSchedule(IntegerMmaSchedule.BYTES, 1, 1, 1, 4, 2, 4, 1, 1));
  /**
   * A block some of whose warps own one row tile less. Several turns with windows; warps without a unit in a window; split-K;
   * several batch tiles; 8 columns of warpgroups. Warpgroups of integers alone and side by side, as one block for all tiles and as two.
   */
  private static final List<Schedule> EXACT_WISHES = List.of(
      new DequantMmaSchedule(2, 4, 2, 2, 1, 2, 1, 1, 3),
      new DequantMmaSchedule(4, 2, 2, 2, 1, 2, 2, 1, 6),
      new SignSchedule(SignFamily.DIGIT_MMA, 1, 2, 1, 1, 7, 3, 2, 1, 1),
      new SignSchedule(SignFamily.DIGIT_MMA, 2, 4, 2, 2, 24, 2, 8, 2, 1),
      new SignSchedule(SignFamily.DIGIT_MMA, 1, 1, 1, 4, 16, 4, 1, 2, 1),
      new SignSchedule(SignFamily.BIT_MMA, 1, 2, 1, 1, 7, 3, 2, 1, 1),
      new SignSchedule(SignFamily.BIT_MMA, 2, 4, 2, 2, 24, 2, 8, 2, 1),
      new SignSchedule(SignFamily.BIT_MMA, 1, 3, 1, 1, 2, 4, 1, 2, 1),
      new SignSchedule(SignFamily.SIGN_MMA, 3, 2, 1, 1, 1, 3, 2, 1, 1),
      new SignSchedule(SignFamily.SIGN_MMA, 1, 1, 2, 2, 2, 2, 8, 2, 1),
      new SignSchedule(SignFamily.SIGN_MMA, 4, 1, 1, 4, 1, 4, 1, 2, 1),
      new DequantWgmmaSchedule(1, 1, 1, 2, 3, 2, 1, 1),
      new DequantWgmmaSchedule(1, 2, 1, 1, 4, 1, 1, 1),
      new SignSchedule(SignFamily.LUT_GEMV, 1, 2, 2, 2, 5, 3, 2, 1, 1),
      new SignSchedule(SignFamily.LUT_GEMV, 2, 4, 2, 1, 3, 2, 8, 2, 1),
      new SignSchedule(SignFamily.LUT_GEMV, 1, 1, 4, 2, 2, 4, 8, 2, 1),
      new IntegerWgmmaSchedule(IntegerWgmmaSchedule.PLANES, 1, 16, 3, 1, 1, 1),
      new IntegerWgmmaSchedule(IntegerWgmmaSchedule.PLANES, 2, 32, 2, 1, 2, 2),
      new IntegerWgmmaSchedule(IntegerWgmmaSchedule.BYTES, 2, 32, 3, 2, 1, 1),
      new IntegerWgmmaSchedule(IntegerWgmmaSchedule.BYTES, 1, 16, 2, 3, 2, 2));
  /** Enough units along k for every schedule wished for. */
  private static final int UNITS = 16;

  private static final int LEAST = 3;

  /** All but the blocks of a multiprocessor. */
  static final int FEATURES = 7;

  private Schedules() {
  }

  /** At least three schedules of {@code kernel}, the same in every run. */
  static List<Schedule> of(KernelUnit kernel, DeviceLimits limits) {
    List<Schedule> legal = legal(kernel, limits);
    Set<Schedule> near = new LinkedHashSet<>();
    for (Schedule wish : WISHES) {
      List<Integer> numbers = wish.numbers();
      legal.stream().filter(s -> s.family().equals(wish.family()))
          .min(Comparator.<Schedule>comparingDouble(s -> distance(s.numbers(), numbers))
              .thenComparing(Schedule::toString))
          .ifPresent(near::add);
    }
    EXACT_WISHES.stream().filter(s -> kernel.space().rejection(s, problem(kernel, s.batch()), limits).isEmpty())
        .forEach(near::add);
    return List.copyOf(near);
  }

  /**
   * At least three of {@link #of}: each second one of a dequant family, so that kernels with an even and an odd number have all
   * between them, and all of the others.
   */
  static List<Schedule> half(KernelUnit kernel, DeviceLimits limits, int number) {
    List<Schedule> all = of(kernel, limits);
    Set<Schedule> half = new LinkedHashSet<>();
    int turn = number;
    for (Schedule schedule : all) {
      boolean dequant = switch (schedule) {
        case DequantMmaSchedule _,DequantWgmmaSchedule _ -> true;
        case SignSchedule _,IntegerMmaSchedule _,IntegerWgmmaSchedule _ -> false;
      };
      if (!dequant || turn++ % 2 == 0) {
        half.add(schedule);
      }
    }
    for (int i = 0; half.size() < LEAST && i < all.size(); i++) {
      half.add(all.get(i));
    }
    return List.copyOf(half);
  }

  /** Every schedule that a search would try for small batches. */
  static List<Schedule> legal(KernelUnit kernel, DeviceLimits limits) {
    List<Schedule> legal = new ArrayList<>();
    for (int m : new int[]{8, 16, 32}) {
      legal.addAll(kernel.space().candidates(problem(kernel, m), limits));
    }
    return legal;
  }

  private static Problem problem(KernelUnit kernel, int m) {
    return new Problem(8 * LayoutInfo.TILE_ROWS, UNITS * kernel.layout().unitK(), m);
  }

  private static double distance(List<Integer> a, List<Integer> b) {
    double sum = 0;
    for (int i = 0; i < FEATURES; i++) {
      sum += Math.abs(Math.log((double) a.get(i) / b.get(i)));
    }
    return sum;
  }
}
