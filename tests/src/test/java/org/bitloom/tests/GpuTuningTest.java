package org.bitloom.tests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.job.ExhaustiveCheck;
import org.bitloom.job.Shape;
import org.bitloom.job.ShapeBatches;
import org.bitloom.job.TuneJob;
import org.bitloom.job.TuneListener;
import org.bitloom.job.TuneRequest;
import org.bitloom.job.TuneRow;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.tune.TuningStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The tuner on a GPU. Needs one; skipped without, unless BITLOOM_REQUIRE_GPU=1. The same comparison runs from a bundle as
 * {@code bitloom tune FORMAT --shapes NxK --batches M --verify-exhaustive}.
 */
class GpuTuningTest {
  private static String missing = "";

  @TempDir
  private Path temp;

  @BeforeAll
  static void look() {
    try (Device _ = Devices.open("cuda")) {
      missing = "";
    } catch (DeviceUnavailableException e) {
      if ("1".equals(System.getenv("BITLOOM_REQUIRE_GPU"))) {
        throw e;
      }
      missing = "no GPU: " + e.getMessage();
    }
  }

  @BeforeEach
  void requireGpu() {
    assumeTrue(missing.isEmpty(), missing);
  }

  private TuneRequest request(String format, Shape shape, List<Integer> batches) {
    return new TuneRequest(List.of(format), Optional.empty(), List.of(), List.of(new ShapeBatches(shape, batches)),
        ActivationType.F16, temp.resolve("tuning.json"),
        TuneRequest.Known.KEEP, Duration.ofSeconds(25));
  }

  @ParameterizedTest
  @CsvSource({"fp6_e3m2,8192x8192,1", "bcq3_g128,12288x12288,1", "int2_g128,14336x4096,64"})
  void comesWithinThreePercentOfAnExhaustiveSearch(String format, String shape, int m) {
    List<ExhaustiveCheck.Outcome> outcomes = new ExhaustiveCheck(request(format, Shape.parse(shape), List.of(m)))
        .run(_ -> {
        });
    for (ExhaustiveCheck.Outcome outcome : outcomes) {
      assertTrue(outcome.passed(), outcome.toString());
    }
  }

  @Test
  void tunesOneShapeInTimeAndResumesWithoutLoss() {
    TuneRequest request = request("int4_g128", new Shape(4096, 4096), List.of(1, 8, 16, 32, 64));
    long start = System.nanoTime();
    List<TuneRow> first = tune(request);
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(seconds <= 30, "tuning took " + seconds + " s");
    assertEquals(5, first.size());
    assertEquals(5, new TuningStore(request.out()).entries().size());
    List<TuneRow> again = tune(request);
    assertEquals(first.stream().map(TuneRow::schedule).toList(), again.stream().map(TuneRow::schedule).toList());
    assertTrue(again.stream().allMatch(row -> row.gain().isEmpty()), "nothing was tuned again");
  }

  private static List<TuneRow> tune(TuneRequest request) {
    List<TuneRow> rows = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    new TuneJob(request, new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.copyOf(System.getenv())))
        .run(new TuneListener() {
          @Override
          public void began(String what, int index, int total) {
            // only results count here
          }

          @Override
          public void row(TuneRow row) {
            rows.add(row);
          }

          @Override
          public void problem(String problem) {
            problems.add(problem);
          }
        });
    assertEquals(List.of(), problems);
    return rows;
  }
}
