package org.bitloom.runtime.tune;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import org.bitloom.runtime.api.Schedule;

/** Times of a synthetic space with noise: 1 % normally distributed, clocks that drift, and now and then an interruption. */
final class SyntheticTimer implements ScheduleTimer {
  final Map<Schedule, String> unfit = new HashMap<>();
  final Map<Schedule, String> wrong = new HashMap<>();
  final Set<Schedule> broken = new HashSet<>();
  final Map<Schedule, Integer> sampled = new HashMap<>();
  final Map<Schedule, Integer> checked = new HashMap<>();
  final AtomicInteger compiled = new AtomicInteger();
  double noise = 0.01;
  long nanos;

  private final SyntheticSpace space;
  private final RandomGenerator random;
  private int samples;

  SyntheticTimer(SyntheticSpace space, long seed) {
    this.space = space;
    this.random = new SplittableRandom(seed);
  }

  /** Makes the text of {@code schedule} spill, whatever it is launched with. */
  void spill(Schedule schedule) {
    space.candidates(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS).stream()
        .filter(other -> other.defines().equals(schedule.defines()))
        .forEach(other -> unfit.put(other, "spills 16 bytes"));
  }

  @Override
  public Optional<String> compile(Schedule schedule) {
    compiled.incrementAndGet();
    if (broken.contains(schedule)) {
      throw new IllegalArgumentException("syntax error");
    }
    return Optional.ofNullable(unfit.get(schedule));
  }

  @Override
  public Optional<String> fault(Schedule schedule) {
    checked.merge(schedule, 1, Integer::sum);
    return Optional.ofNullable(wrong.get(schedule));
  }

  @Override
  public double sample(Schedule schedule) {
    sampled.merge(schedule, 1, Integer::sum);
    double drift = 1 + 0.05 * Math.sin(samples++ / 1000.0);
    double interruption = random.nextInt(20) == 0 ? 1 + 5 * noise * random.nextDouble() : 1;
    double us = space.time(schedule) * drift * interruption * (1 + noise * random.nextGaussian());
    nanos += (long) (us * 16 * 1000) + 30_000;
    return us;
  }

  @Override
  public void forget(Schedule schedule) {
    // holds nothing
  }

  @Override
  public void close() {
    // holds nothing
  }
}
