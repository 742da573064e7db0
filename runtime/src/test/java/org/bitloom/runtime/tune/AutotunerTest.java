package org.bitloom.runtime.tune;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AutotunerTest {
  private static final double ALLOWED = 1.03;
  private static final int SPACES = 40;

  private ExecutorService threads;

  @BeforeAll
  void start() {
    threads = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  void stop() {
    threads.close();
  }

  private TuningResult tune(SyntheticSpace space, SyntheticTimer timer, TuningEffort effort, Schedule... seeds) {
    return new Autotuner(effort, threads, () -> timer.nanos).search(task(space, timer, seeds));
  }

  private TuningResult tune(SyntheticSpace space, SyntheticTimer timer) {
    return tune(space, timer, TuningEffort.STANDARD);
  }

  private static TuningTask task(SyntheticSpace space, SyntheticTimer timer, Schedule... seeds) {
    return new TuningTask(space, SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS, List.of(seeds), timer);
  }

  @Test
  void comesWithinThreePercentOfTheBestWhileMeasuringFew() {
    int within = 0;
    for (int seed = 1; seed <= SPACES; seed++) {
      SyntheticSpace space = new SyntheticSpace(seed);
      SyntheticTimer timer = new SyntheticTimer(space, seed);
      TuningResult result = tune(space, timer);
      double ratio = space.time(result.schedule()) / space.time(space.best());
      within += ratio <= ALLOWED ? 1 : 0;
      assertTrue(ratio <= 1.05, "seed " + seed + ": " + ratio + " times the best");
      int all = space.candidates(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS).size();
      assertTrue(result.measured() <= all / 3, "seed " + seed + ": " + result.measured() + " of " + all);
      assertTrue(timer.nanos < 3.75e9, "seed " + seed + " took " + timer.nanos / 1e9 + " s");
    }
    assertTrue(within >= SPACES - 1, within + " of " + SPACES + " within 3 %");
  }

  @Test
  void exhaustiveSearchFindsTheBestUpToNoise() {
    for (int seed = 1; seed <= 3; seed++) {
      SyntheticSpace space = new SyntheticSpace(seed);
      TuningResult result = new ExhaustiveSearch(threads).search(task(space, new SyntheticTimer(space, seed)));
      double ratio = space.time(result.schedule()) / space.time(space.best());
      assertTrue(ratio <= 1.01, "seed " + seed + ": " + ratio + " times the best");
    }
  }

  @Test
  void exhaustiveSearchLooksAtEverythingThatCompilesAndChecksWhatMayWin() {
    SyntheticSpace space = new SyntheticSpace(2);
    SyntheticTimer timer = new SyntheticTimer(space, 2);
    Schedule liar = space.best();
    Schedule spilling = space.ranked(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS).getLast();
    timer.wrong.put(liar, "relative error 0.5");
    timer.spill(spilling);
    TuningResult result = new ExhaustiveSearch(threads).search(task(space, timer));
    List<Schedule> all = space.candidates(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS);
    assertEquals(all.size(), result.measured() + result.unfit().size());
    assertEquals(all.stream().filter(s -> s.defines().equals(spilling.defines())).toList(),
        result.unfit().stream().map(RejectedSchedule::schedule).toList());
    assertEquals(List.of(new RejectedSchedule(liar, "relative error 0.5")), result.wrong());
    assertEquals(all.stream().map(Schedule::defines).distinct().count(), timer.compiled.get());
    assertTrue(timer.checked.size() <= 50, "checked " + timer.checked.size());
    double second = all.stream().filter(s -> !s.equals(liar)).mapToDouble(space::time).min().orElseThrow();
    assertTrue(space.time(result.schedule()) <= 1.01 * second);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.002, 0.01, 0.03})
  void aRaceNeverDropsTheFastestForMoreThanNoise(double noise) {
    for (int seed = 1; seed <= 30; seed++) {
      SyntheticSpace space = new SyntheticSpace(seed);
      SyntheticTimer timer = new SyntheticTimer(space, seed);
      timer.noise = noise;
      List<Schedule> entrants = space.ranked(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS).subList(0, 40);
      double fastest = entrants.stream().mapToDouble(space::time).min().orElseThrow();
      Schedule winner = new Race(timer).run(entrants).getFirst().schedule();
      assertTrue(space.time(winner) <= fastest * (1.003 + noise), "seed " + seed + ": " + space.time(winner) / fastest);
    }
  }

  @Test
  void aRaceStopsClearLosersEarly() {
    SyntheticSpace space = new SyntheticSpace(1);
    SyntheticTimer timer = new SyntheticTimer(space, 1);
    List<Schedule> entrants = space.candidates(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS).subList(0, 100);
    double fastest = entrants.stream().mapToDouble(space::time).min().orElseThrow();
    new Race(timer).run(entrants);
    for (Schedule schedule : entrants) {
      if (space.time(schedule) > 1.4 * fastest) {
        assertTrue(timer.sampled.get(schedule) <= 5,
            schedule + " was sampled " + timer.sampled.get(schedule) + " times");
      }
    }
  }

  @Test
  void neverChoosesAScheduleWhoseResultIsWrongAndNamesIt() {
    SyntheticSpace space = new SyntheticSpace(4);
    SyntheticTimer timer = new SyntheticTimer(space, 4);
    Schedule liar = space.best();
    timer.wrong.put(liar, "relative error 0.5");
    TuningResult result = tune(space, timer, TuningEffort.STANDARD, liar);
    assertEquals(List.of(new RejectedSchedule(liar, "relative error 0.5")), result.wrong());
    assertFalse(timer.sampled.containsKey(liar));
    assertTrue(space.time(result.schedule()) > space.time(liar));
  }

  @Test
  void measuresNoScheduleThatSpillsOrDoesNotCompile() {
    SyntheticSpace space = new SyntheticSpace(5);
    SyntheticTimer timer = new SyntheticTimer(space, 5);
    List<Schedule> ranked = space.ranked(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS);
    timer.spill(ranked.get(0));
    timer.broken.add(ranked.get(1));
    TuningResult result = tune(space, timer);
    assertEquals(Set.of("spills 16 bytes", "it does not compile: syntax error"),
        result.unfit().stream().map(RejectedSchedule::reason).collect(Collectors.toSet()));
    assertTrue(timer.checked.keySet().stream().noneMatch(checked -> ranked.subList(0, 2).stream()
        .anyMatch(bad -> checked.defines().equals(bad.defines()))), "a text was launched that is no good");
    assertTrue(Double.isNaN(result.firstUs()), "the first choice was unfit");
  }

  @Test
  void checksEveryMeasuredScheduleExactlyOnce() {
    SyntheticSpace space = new SyntheticSpace(6);
    SyntheticTimer timer = new SyntheticTimer(space, 6);
    TuningResult result = tune(space, timer);
    assertEquals(timer.sampled.keySet(), timer.checked.keySet());
    assertTrue(timer.checked.values().stream().allMatch(count -> count == 1));
    assertEquals(timer.sampled.size(), result.measured());
  }

  @Test
  void comparesTheWinnerWithTheFirstChoice() {
    SyntheticSpace space = new SyntheticSpace(7);
    TuningResult result = tune(space, new SyntheticTimer(space, 7));
    Schedule first = space.firstChoice(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS);
    assertEquals(space.time(first) / space.time(result.schedule()), result.firstUs() / result.us(), 0.02);
  }

  @Test
  void stopsTakingUpSchedulesWhenTimeIsOver() {
    SyntheticSpace space = new SyntheticSpace(8);
    SyntheticTimer timer = new SyntheticTimer(space, 8);
    TuningResult result = tune(space, timer, TuningEffort.STANDARD.within(Duration.ofMillis(1)));
    assertTrue(result.measured() <= TuningEffort.STANDARD.chunk(), "measured " + result.measured());
  }

  @Test
  void looksAtSeedsFirstAndIgnoresThoseOutsideOfTheSpace() {
    SyntheticSpace space = new SyntheticSpace(9);
    SyntheticTimer timer = new SyntheticTimer(space, 9);
    Schedule foreign = new DequantMmaSchedule(16, 16, 1, 1, 1, 2, 1, 1);
    TuningResult result = tune(space, timer, TuningEffort.STANDARD.within(Duration.ofMillis(1)), foreign, space.best());
    assertEquals(space.time(space.best()), space.time(result.schedule()), 0.02 * space.time(space.best()));
    assertFalse(timer.checked.containsKey(foreign));
  }

  @Test
  void saysWhyNothingCanBeUsed() {
    SyntheticSpace space = new SyntheticSpace(10);
    SyntheticTimer timer = new SyntheticTimer(space, 10);
    for (Schedule schedule : space.candidates(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS)) {
      timer.unfit.put(schedule, "spills");
    }
    assertTrue(assertThrows(IllegalStateException.class, () -> tune(space, timer)).getMessage().contains("spills"));
  }

  @Test
  void neighboursDifferByOneStepInOneOrTwoNumbers() {
    SyntheticSpace space = new SyntheticSpace(11);
    Neighbourhood neighbourhood = new Neighbourhood(space.ranked(SyntheticSpace.PROBLEM, SyntheticSpace.LIMITS));
    List<Schedule> near = neighbourhood.of(Schedule.parse("dequant-mma.n2.k2.r1.b1.u1.s3.x1.o1"));
    assertTrue(near.contains(Schedule.parse("dequant-mma.n2.k2.r1.b1.u1.s4.x1.o1")));
    assertTrue(near.contains(Schedule.parse("dequant-mma.n1.k4.r1.b1.u1.s3.x1.o1")));
    assertFalse(near.contains(Schedule.parse("dequant-mma.n2.k2.r1.b1.u1.s5.x1.o1")));
    assertFalse(near.contains(Schedule.parse("dequant-mma.n1.k4.r2.b1.u1.s3.x1.o1")));
    assertFalse(near.contains(Schedule.parse("dequant-mma.n2.k2.r1.b1.u1.s3.x1.o1")));
  }

  @Test
  void aScheduleListsEveryNumberItHas() {
    Schedule schedule = Schedule.parse("dequant-mma.n1.k8.r2.b1.u4.s5.x3.o1");
    assertEquals(schedule.getClass().getRecordComponents().length, schedule.numbers().size());
  }
}
