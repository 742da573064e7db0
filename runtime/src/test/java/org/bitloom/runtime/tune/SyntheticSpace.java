package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;

/**
 * A space of about a thousand schedules whose true times are known: a valley in every number, whose middle shifts with the
 * other numbers, and a little ruggedness. Its model is wrong by about a quarter.
 */
final class SyntheticSpace implements ScheduleSpace {
  static final DeviceLimits LIMITS = DeviceLimits.H100;
  static final Problem PROBLEM = new Problem(8192, 8192, 8);

  private static final double MODEL_ERROR = 0.25;
  private static final double RUGGEDNESS = 0.01;

  private final Map<Schedule, Double> times = new HashMap<>();
  private final List<Schedule> ranked;

  SyntheticSpace(long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double[] middle = random.doubles(5, 0, 3).toArray();
    double[] width = random.doubles(5, 0.05, 0.3).toArray();
    double tilt = random.nextDouble(-0.1, 0.1);
    Map<Schedule, Double> model = new HashMap<>();
    for (int n = 0; n < 4; n++) {
      for (int k = 0; k < 4; k++) {
        for (int r = 0; r < 3; r++) {
          for (int u = 0; u < 3; u++) {
            for (int s = 2; s <= 6; s++) {
              for (int x = 0; x < 3; x++) {
                DequantMmaSchedule schedule = new DequantMmaSchedule(1 << n, 1 << k, 1 << r, 1, 1 << u, s, 1 << x, 1);
                if (schedule.threads() <= 512) {
                  double[] at = {n + 0.5 * r, k + 0.5 * x, r, 0.75 * (s - 2) + 0.5 * u, x};
                  double slow = 1 + 0.05 * Math.abs(tilt) * (n + k);
                  for (int i = 0; i < at.length; i++) {
                    slow += width[i] * Math.abs(at[i] - middle[i]);
                  }
                  double time = 20 * slow * (1 + RUGGEDNESS * random.nextGaussian());
                  times.put(schedule, time);
                  model.put(schedule, time * Math.exp(MODEL_ERROR * random.nextGaussian()));
                }
              }
            }
          }
        }
      }
    }
    List<Schedule> order = new ArrayList<>(model.keySet());
    order.sort(Comparator.<Schedule>comparingDouble(model::get).thenComparing(Schedule::toString));
    ranked = List.copyOf(order);
  }

  double time(Schedule schedule) {
    return times.get(schedule);
  }

  Schedule best() {
    return ranked.stream().min(Comparator.comparingDouble(times::get)).orElseThrow();
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    return ranked.stream().sorted(Comparator.comparing(Schedule::toString)).toList();
  }

  @Override
  public List<Schedule> ranked(Problem problem, DeviceLimits limits) {
    return ranked;
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return times.containsKey(schedule) ? Optional.empty() : Optional.of("not in the space");
  }

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return ranked.indexOf(schedule);
  }

  @Override
  public Schedule firstChoice(Problem problem, DeviceLimits limits) {
    return ranked.getFirst();
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    throw new UnsupportedOperationException("never launched");
  }
}
