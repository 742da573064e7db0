package org.bitloom.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.tune.ShapeTransfer;
import org.bitloom.runtime.tune.TunedChooser;
import org.bitloom.runtime.tune.TuningEntry;
import org.bitloom.runtime.tune.TuningKey;
import org.bitloom.runtime.tune.TuningPlatform;
import org.bitloom.runtime.tune.TuningTable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a shape without measurements gets, on measured rows of an H100: each shape is left out in turn, and the schedules that won at
 * the others choose. Prints what the tuning page says.
 */
class UntunedChoiceTest {
  private static final Path RESULTS = Path.of("../docs/results");
  private static final DeviceLimits LIMITS = DeviceLimits.H100;
  private static final Map<String, ScheduleSpace> SPACES = ShippedFormats.all().stream()
      .filter(format -> !format.kernels().isEmpty())
      .collect(Collectors.toMap(format -> format.info().name(), format -> format.kernels().getFirst().space()));
  private static final Pattern ROW = Pattern
      .compile("\"format\": \"(\\w+)\",.*\"n\": (\\d+), \"k\": (\\d+), \"m\": (\\d+),");
  private static final Pattern TIME = Pattern.compile("\"([\\w.-]+\\.o\\d+(?:\\.t\\d+)?)\": ([\\d.]+)");
  private static final Pattern WINNER = Pattern.compile("\"schedule\": \"([\\w.-]+)\", \"origin\": \"tuned");
  private static final double ALLOWED = 1.15;
  /** Cases with fewer schedules say little about choosing. */
  private static final int LEAST_SCHEDULES = 8;

  /** One product and the schedules whose times are known; of some the winner alone. */
  private record Case(String format, Problem problem, Map<Schedule, Double> times) {
    Schedule best() {
      return times.keySet().stream().min(Comparator.comparingDouble(times::get)).orElseThrow();
    }

    double slowdown(Schedule schedule) {
      return times.get(schedule) / times.get(best());
    }

    ScheduleSpace space() {
      return SPACES.get(format);
    }

    List<Schedule> winnersElsewhere(List<Case> cases) {
      return cases.stream().filter(other -> other.format().equals(format) && other.problem().m() == problem.m()
          && !other.problem().equals(problem)).map(Case::best).toList();
    }
  }

  /** Those of a space that were measured. */
  private record Measured(ScheduleSpace space, List<Schedule> schedules) implements ScheduleSpace {
    @Override
    public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
      return schedules;
    }

    @Override
    public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
      return space.rejection(schedule, problem, limits);
    }

    @Override
    public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
      return space.estimateUs(schedule, problem, limits);
    }

    @Override
    public LaunchShape launch(Schedule schedule, Problem problem) {
      return space.launch(schedule, problem);
    }
  }

  private static List<Case> cases(String file, Pattern times) throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String line : Files.readAllLines(RESULTS.resolve(file))) {
      Matcher row = ROW.matcher(line);
      Map<Schedule, Double> found = new HashMap<>();
      times.matcher(line).results().forEach(time -> found.put(Schedule.parse(time.group(1)),
          time.groupCount() > 1 ? Double.parseDouble(time.group(2)) : 1));
      if (row.find() && !found.isEmpty()) {
        cases.add(new Case(row.group(1), new Problem(Integer.parseInt(row.group(2)), Integer.parseInt(row.group(3)),
            Integer.parseInt(row.group(4))), found));
      }
    }
    return cases;
  }

  @Test
  void winnersForFewBitsOfActivationsAreNotTakenForMany() {
    TuningPlatform platform = new TuningPlatform("device", "13.0", "12.9");
    Problem problem = new Problem(8192, 8192, 8192);
    Schedule planes = Schedule.parse("plane-wgmma.w2.n256.s4.o1.x132");
    KernelUnit two = kernel("linear_w2_bipolar_a2_f16");
    TunedChooser chooser = new TunedChooser(platform, List.of(
        TuningTable.of(List.of(new TuningEntry(TuningKey.of(platform, two, problem), planes.toString(), 8192, 395)))));
    assertEquals(planes, chooser.choice(two, problem, LIMITS).schedule());
    TunedChooser.Choice choice = chooser.choice(kernel("linear_w2_bipolar_a8_f16"), problem, LIMITS);
    assertEquals("byte-wgmma", choice.schedule().family());
    assertEquals(List.of(planes + ": it won for " + two.entry() + ", for which it suits better"), choice.skipped());
  }

  private static KernelUnit kernel(String entry) {
    return ShippedFormats.byName("w2_bipolar").orElseThrow().kernels().stream()
        .filter(kernel -> kernel.entry().equals(entry)).findFirst().orElseThrow();
  }

  @Test
  void winnersOfOtherShapesMakeUntunedShapesFaster() throws IOException {
    List<Case> cases = cases("h100-mma-schedules.jsonl", TIME).stream()
        .filter(c -> c.times().size() >= LEAST_SCHEDULES).toList();
    DoubleSummaryStatistics model = new DoubleSummaryStatistics();
    DoubleSummaryStatistics chosen = new DoubleSummaryStatistics();
    for (Case one : cases) {
      ScheduleSpace space = new Measured(one.space(), List.copyOf(one.times().keySet()));
      Schedule first = space.firstChoice(one.problem(), LIMITS);
      model.accept(one.slowdown(first));
      chosen.accept(one.slowdown(
          ShapeTransfer.choice(space, one.problem(), LIMITS, one.winnersElsewhere(cases)).orElse(first)));
    }
    System.out.printf(
        "%d products, slower than the best measured: first choice %.1f %% (worst %.0f %%), with winners of "
            + "other shapes %.1f %% (worst %.0f %%)%n",
        model.getCount(), 100 * (model.getAverage() - 1),
        100 * (model.getMax() - 1), 100 * (chosen.getAverage() - 1), 100 * (chosen.getMax() - 1));
    assertTrue(model.getCount() > 80, "too few rows to judge by: " + model.getCount());
    assertTrue(chosen.getAverage() <= model.getAverage() && chosen.getMax() <= model.getMax(),
        "first choice " + model + ", with winners of other shapes " + chosen);
  }

  /** Rows of few schedules, but schedules that models liked: winners of tuning, first choices of earlier models, hand-picked ones. */
  @Test
  void firstChoicesOfLargeBatchesAreNearTheBestMeasured() throws IOException {
    assertNearTheBest("h100-wgmma-schedules.jsonl", 100, ALLOWED);
  }

  /** What {@code SignModel} was fitted to: random and hand-picked schedules of three families. */
  @Test
  void firstChoicesOfBinaryCodedWeightsAreNearTheBestMeasured() throws IOException {
    assertNearTheBest("h100-sign-schedules.jsonl", 40, 1.2);
  }

  /** Every product whose first choice was not what tuning found. */
  @Test
  void firstChoicesAreNearWhatTuningFound() throws IOException {
    assertNearTheBest("h100-first-choices.jsonl", 350, ALLOWED);
  }

  /** Among all legal schedules: the first choice was timed beside the tuned one, and is no more than 15 % slower anywhere. */
  @Test
  void firstChoicesWereTimedAndAreNearTheTunedOnes() throws IOException {
    List<Case> cases = cases("h100-verify-untuned.jsonl", TIME);
    List<String> others = new ArrayList<>();
    for (Case one : cases) {
      Schedule first = one.space().firstChoice(one.problem(), LIMITS);
      if (!one.times().containsKey(first) || one.slowdown(first) > ALLOWED) {
        others.add(one.format() + " " + one.problem() + ": " + first + " of " + one.times());
      }
    }
    System.out.printf("%d of %d first choices were timed and are within 15 %% of the best%n",
        cases.size() - others.size(),
        cases.size());
    assertTrue(cases.size() > 400 && others.isEmpty(), others.toString());
  }

  private static void assertNearTheBest(String file, int rows, double allowed) throws IOException {
    DoubleSummaryStatistics slowdowns = new DoubleSummaryStatistics();
    List<String> slow = new ArrayList<>();
    for (Case one : cases(file, TIME)) {
      ScheduleSpace space = new Measured(one.space(), one.times().keySet().stream()
          .filter(schedule -> one.space().rejection(schedule, one.problem(), LIMITS).isEmpty()).toList());
      Schedule first = space.firstChoice(one.problem(), LIMITS);
      slowdowns.accept(one.slowdown(first));
      if (one.slowdown(first) > allowed) {
        slow.add(one.format() + " " + one.problem() + ": " + first + " for " + one.best());
      }
    }
    System.out.printf("%d rows of %s, first choice slower than the best measured: %.1f %% (worst %.0f %%)%n",
        slowdowns.getCount(), file, 100 * (slowdowns.getAverage() - 1), 100 * (slowdowns.getMax() - 1));
    assertTrue(slowdowns.getCount() > rows, "too few rows to judge by: " + slowdowns.getCount());
    assertTrue(slow.isEmpty() && slowdowns.getAverage() <= 1.03, slowdowns + " " + slow);
  }

  /** How often the very text is chosen that tuning found, at batch 32 and 64 no less often than by the model alone. */
  @Test
  void choicesOfLargeBatchesAreOftenWhatTuningFinds() throws IOException {
    List<Case> cases = cases("h100-bench-tuned.jsonl", WINNER).stream().filter(c -> c.problem().m() >= 32).toList();
    int model = 0;
    int chosen = 0;
    for (Case one : cases) {
      Schedule first = one.space().firstChoice(one.problem(), LIMITS);
      Schedule choice = ShapeTransfer.choice(one.space(), one.problem(), LIMITS, one.winnersElsewhere(cases))
          .orElse(first);
      model += first.defines().equals(one.best().defines()) ? 1 : 0;
      chosen += choice.defines().equals(one.best().defines()) ? 1 : 0;
    }
    System.out
        .printf("%d tuned products of batch 32 and 64: the winner's text is the first choice's in %d, with winners of "
            + "other shapes in %d%n", cases.size(), model, chosen);
    assertTrue(cases.size() > 40 && chosen >= model && 4 * model > cases.size(),
        chosen + " of " + cases.size() + ", first choice " + model);
  }
}
