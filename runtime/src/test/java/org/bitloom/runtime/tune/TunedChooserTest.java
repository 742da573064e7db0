package org.bitloom.runtime.tune;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.compile.CacheFolder;
import org.bitloom.runtime.tune.TunedChooser.Choice;
import org.bitloom.runtime.tune.TuningTable.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TunedChooserTest {
  private static final DeviceLimits LIMITS = DeviceLimits.H100;
  private static final Problem PROBLEM = new Problem(8192, 4096, 8);
  private static final String TUNED = "dequant-mma.n1.k4.r1.b1.u1.s5.x1.o1";
  private static final String OTHER = "dequant-mma.n1.k2.r1.b1.u1.s5.x1.o1";
  private static final String ILLEGAL = "dequant-mma.n1.k2.r1.b1.u1.s9.x1.o1";

  @TempDir
  private Path temp;

  private static final KernelUnit KERNEL = Kernels.unit("linear_a", "// text");

  private static TuningEntry entry(TuningPlatform platform, KernelUnit kernel, Problem problem, String schedule) {
    return new TuningEntry(TuningKey.of(platform, kernel, problem), schedule, problem.m(), 10);
  }

  private static Choice choice(Problem problem, TuningTable... tables) {
    return new TunedChooser(Keys.PLATFORM, List.of(tables)).choice(KERNEL, problem, LIMITS);
  }

  private static TuningTable table(TuningEntry... entries) {
    return TuningTable.of(List.of(entries));
  }

  @Test
  void takesTheFirstChoiceWhereNothingIsStored() {
    Choice choice = choice(PROBLEM, TuningTable.EMPTY);
    assertEquals(KERNEL.space().firstChoice(PROBLEM, LIMITS), choice.schedule());
    assertEquals(Optional.empty(), choice.fit());
    assertEquals("first choice, not tuned", choice.origin());
  }

  @Test
  void takesTheStoredScheduleOfEveryBatchOfABucket() {
    TuningTable table = table(entry(Keys.PLATFORM, KERNEL, PROBLEM, TUNED));
    for (int m : new int[]{5, 7, 8}) {
      Choice choice = choice(new Problem(PROBLEM.n(), PROBLEM.k(), m), table);
      assertEquals(TUNED, choice.schedule().toString());
      assertEquals("tuned", choice.origin());
    }
    assertEquals(Optional.empty(), choice(new Problem(PROBLEM.n(), PROBLEM.k(), 9), table).fit());
  }

  @Test
  void prefersTheSameVersionsThenOtherVersionsThenOtherKernels() {
    TuningPlatform old = new TuningPlatform(Keys.PLATFORM.device(), "12.4", "12.6");
    TuningEntry stale = entry(old, KERNEL, PROBLEM, OTHER);
    TuningEntry regenerated = entry(Keys.PLATFORM, Kernels.unit("linear_a", "// older text"), PROBLEM, OTHER);
    TuningEntry foreign = entry(Keys.PLATFORM, Kernels.unit("linear_b", "// text"), PROBLEM, ILLEGAL);
    TuningEntry exact = entry(Keys.PLATFORM, KERNEL, PROBLEM, TUNED);
    assertEquals(Optional.of(Fit.EXACT), choice(PROBLEM, table(stale, foreign, exact)).fit());
    assertEquals(Optional.of(Fit.EXACT), choice(PROBLEM, table(stale), table(exact)).fit());
    assertEquals(Optional.of(Fit.OTHER_VERSION), choice(PROBLEM, table(foreign, stale)).fit());
    assertEquals(Optional.of(Fit.OTHER_VERSION), choice(PROBLEM, table(regenerated)).fit());
    TuningEntry usable = entry(Keys.PLATFORM, Kernels.unit("linear_b", "// text"), PROBLEM, OTHER);
    assertEquals(Optional.of(Fit.OTHER_KERNEL), choice(PROBLEM, table(usable)).fit());
  }

  @Test
  void fillsABucketFromTheOneThatTakesAsManyTiles() {
    TuningTable table = table(
        entry(Keys.PLATFORM, KERNEL, new Problem(8192, 4096, 64), "dequant-mma.n1.k4.r1.b8.u1.s5.x1.o1"));
    assertEquals(Optional.of(Fit.LARGER_BATCH), choice(new Problem(8192, 4096, 40), table).fit());
    assertEquals(Optional.empty(), choice(new Problem(8192, 4096, 32), table).fit());
  }

  @Test
  void smallBatchesUseTheNextLargerOneThatIsStored() {
    TuningTable table = table(entry(Keys.PLATFORM, KERNEL, PROBLEM, OTHER),
        entry(Keys.PLATFORM, KERNEL, new Problem(8192, 4096, 2), TUNED));
    assertEquals(TUNED, choice(new Problem(8192, 4096, 1), table).schedule().toString());
    assertEquals(Optional.of(Fit.LARGER_BATCH), choice(new Problem(8192, 4096, 1), table).fit());
    assertEquals(OTHER, choice(new Problem(8192, 4096, 3), table).schedule().toString());
  }

  @Test
  void entriesOfAnotherDeviceOrShapeDoNotCount() {
    TuningPlatform other = new TuningPlatform("another device", "13.0", "12.9");
    assertEquals(Optional.empty(), choice(PROBLEM, table(entry(other, KERNEL, PROBLEM, TUNED),
        entry(other, KERNEL, new Problem(4096, 4096, 8), TUNED))).fit());
  }

  @Test
  void aShapeThatWasNotMeasuredTakesTheTextThatWonElsewhereIfTheModelDoesNotMind() {
    Problem elsewhere = new Problem(4096, 4096, 8);
    String preferred = secondText();
    String won = preferred.replaceFirst("\\.x\\d", ".x8");
    assertNotEquals(preferred, won);
    Choice choice = choice(PROBLEM, table(entry(Keys.PLATFORM, KERNEL, elsewhere, won)));
    assertEquals(preferred, choice.schedule().toString(), "the split that the model prefers");
    assertEquals(Optional.of(Fit.OTHER_SHAPE), choice.fit());
    assertEquals("as tuned for other shapes", choice.origin());
    for (String useless : List.of("dequant-mma.n1.k4.r1.b1.u1.s8.x2.o1", "dequant-mma.n1.k8.r1.b1.u1.s3.x2.o1", ILLEGAL,
        "z9.q")) {
      assertEquals(KERNEL.space().firstChoice(PROBLEM, LIMITS),
          choice(PROBLEM, table(entry(Keys.PLATFORM, KERNEL, elsewhere, useless))).schedule(), useless);
    }
  }

  /** The schedule that the model would put first if there were not the text of its first choice. */
  private static String secondText() {
    Schedule first = KERNEL.space().firstChoice(PROBLEM, LIMITS);
    return KERNEL.space().candidates(PROBLEM, LIMITS).stream()
        .filter(schedule -> !schedule.defines().equals(first.defines()))
        .min(Comparator.comparingDouble(schedule -> KERNEL.space().estimateUs(schedule, PROBLEM, LIMITS))).orElseThrow()
        .toString();
  }

  @Test
  void winnersOfOtherTextsDoNotCountWhereTheSameTextsWonElsewhere() {
    Problem elsewhere = new Problem(4096, 4096, 8);
    TuningEntry same = entry(Keys.PLATFORM, KERNEL, elsewhere, TUNED);
    TuningEntry fewerPlanes = entry(Keys.PLATFORM, Kernels.unit("linear_a", "// other text"), elsewhere, OTHER);
    TuningKey key = TuningKey.of(Keys.PLATFORM, KERNEL, PROBLEM);
    assertEquals(List.of(same), table(fewerPlanes, same).elsewhere(key));
    assertEquals(List.of(fewerPlanes), table(fewerPlanes).elsewhere(key));
  }

  @Test
  void whatIsMeasuredGoesBeforeWhatWonElsewhere() {
    TunedChooser chooser = new TunedChooser(Keys.PLATFORM, List.of(table(entry(Keys.PLATFORM, KERNEL, PROBLEM, OTHER),
        entry(Keys.PLATFORM, KERNEL, new Problem(4096, 4096, 8), secondText()))));
    assertEquals(OTHER, chooser.choice(KERNEL, PROBLEM, LIMITS).schedule().toString());
    assertEquals(Optional.of(Fit.OTHER_SHAPE), chooser.untuned(KERNEL, PROBLEM, LIMITS).fit());
  }

  @Test
  void skipsSchedulesThatCannotRunOrCannotBeReadAndSaysWhy() {
    Choice choice = choice(PROBLEM, table(entry(Keys.PLATFORM, KERNEL, PROBLEM, ILLEGAL)),
        table(entry(Keys.PLATFORM, KERNEL, PROBLEM, "z9.q")));
    assertEquals(Optional.empty(), choice.fit());
    assertEquals(2, choice.skipped().size());
    assertTrue(choice.skipped().getFirst().contains("9 stages"), choice.skipped().getFirst());
    assertTrue(choice.skipped().getLast().contains("not a schedule"), choice.skipped().getLast());
  }

  @Test
  void theUsersFileGoesBeforeTheShippedOne() throws IOException {
    Path file = temp.resolve("mine.json");
    Path shipped = temp.resolve("jar/org/bitloom/tuning/fake-device.json");
    new TuningStore(shipped).add(entry(Keys.PLATFORM, KERNEL, PROBLEM, OTHER));
    try (URLClassLoader jar = new URLClassLoader(new URL[]{temp.resolve("jar").toUri().toURL()}, null)) {
      TuningSources sources = new TuningSources(file, jar);
      assertEquals(OTHER, chosen(sources));
      new TuningStore(file).add(entry(Keys.PLATFORM, KERNEL, PROBLEM, TUNED));
      assertEquals(TUNED, chosen(sources));
      Files.writeString(file, "[");
      assertEquals(OTHER, chosen(sources));
      Files.writeString(shipped, "[");
      assertEquals(KERNEL.space().firstChoice(PROBLEM, LIMITS).toString(), chosen(sources));
    }
  }

  private static String chosen(TuningSources sources) {
    return new TunedChooser(Keys.PLATFORM, sources).choice(KERNEL, PROBLEM, LIMITS).schedule().toString();
  }

  @Test
  void namesFilesAfterEnvironmentAndDevice() {
    CacheFolder cache = CacheFolder.at(temp);
    assertEquals(temp.resolve("tuning.json"), TuningSources.userFile(Map.of(), cache));
    assertEquals(Path.of("/my/own.json"), TuningSources.userFile(Map.of("BITLOOM_TUNING", "/my/own.json"), cache));
    assertEquals("nvidia-h100-80gb-hbm3.json", TuningSources.resourceName("NVIDIA H100 80GB HBM3"));
  }
}
