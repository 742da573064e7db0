package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.DeclarationException;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Random declarations from text to result: each is compiled, its weights packed, its kernel compiled to PTX and run on the
 * JVM, and the result compared with float64. {@code -Dbitloom.seed=N -Dbitloom.declarations=1} runs one of them again.
 */
class RandomDeclarationsTest {
  private static final int COUNT = Integer.getInteger("bitloom.declarations", 200);
  /** Declarations are numbered by their seeds from here on. */
  private static final long FIRST_SEED = Long.getLong("bitloom.seed", 1);
  private static final int BATCH = 32;
  /** Rows times columns times units of a block; larger ones take NVRTC longer and do nothing new. */
  private static final int MOST_WORK = 4096;
  /** Too few results could all be numbers that an epilogue makes vanish. */
  private static final int FEWEST_RESULTS = 64;

  /** What became of one declaration. */
  private sealed interface Result {
    record Right() implements Result {
    }

    record Refused(RandomDeclaration declaration, String reason) implements Result {
    }

    record Wrong(RandomDeclaration declaration, String what) implements Result {
    }
  }

  @Test
  void everyDeclarationRunsOrIsRefusedWithAReason() {
    System.out.println("random declarations: seeds from " + FIRST_SEED + " on");
    int right = 0;
    int refused = 0;
    try (Device device = Devices.open("emulated")) {
      for (long next = FIRST_SEED; right < COUNT; next += BATCH) {
        List<Result> results = LongStream.range(next, next + Math.min(BATCH, COUNT - right)).parallel()
            .mapToObj(seed -> result(RandomDeclaration.of(seed), device)).toList();
        for (Result result : results) {
          switch (result) {
            case Result.Right _ -> right++;
            case Result.Refused(RandomDeclaration declaration, String reason) -> {
              refused++;
              assertTrue(reason.contains("declaration.bl:") && reason.contains("error: "),
                  () -> "refused without place or reason: " + declaration + "\n" + reason);
            }
            case Result.Wrong(RandomDeclaration declaration, String what) ->
              throw new AssertionError("seed " + declaration.seed() + ": " + what + "\n" + declaration.text());
          }
        }
        assertTrue(refused <= COUNT, "nearly all declarations are refused");
      }
    }
    assertEquals(COUNT, right);
    System.out.println(right + " declarations ran and match float64, " + refused + " more were refused with a reason");
  }

  @ParameterizedTest
  @ValueSource(strings = {"element float", " fn", " ieee", " bias ", "element int", "element uint", "element bipolar",
      "element ternary", "element codebook", "element binary 1", "element binary 8", "scale f16", "scale bf16",
      "scale f32", "scale e8m0", "scale e4m3",
      "per tensor", "per row", "per 48", "per 80", "zero int", "zero uint", "zero f16", "offset ", "epilogue bias\n",
      "silu", "gelu", "x bf16", "x f16", "tile m", "tile n", "tile k", "stages", "split_k"})
  void declarationsUseTheWholeLanguage(String words) {
    assertTrue(LongStream.range(1, 1 + 200).anyMatch(seed -> RandomDeclaration.of(seed).text().contains(words)));
  }

  private static Result result(RandomDeclaration declaration, Device device) {
    try {
      Compiled compiled = Bitloom.compile("declaration.bl", declaration.text());
      return run(declaration, compiled, device)
          .<Result>map(finding -> new Result.Wrong(declaration, finding.toString())).orElseGet(Result.Right::new);
    } catch (DeclarationException e) {
      return new Result.Refused(declaration, e.getMessage());
    } catch (RuntimeException e) {
      return new Result.Wrong(declaration, e.toString());
    }
  }

  private static Optional<Finding> run(RandomDeclaration declaration, Compiled compiled, Device device) {
    SplittableRandom random = new SplittableRandom(declaration.seed());
    KernelUnit kernel = compiled.kernel(RandomDeclaration.KERNEL);
    List<Schedule> legal = Schedules.legal(kernel, device.info().limits()).stream()
        .filter(s -> s.rows() * s.batch() * s.unitsPerRound() <= MOST_WORK)
        .toList();
    Schedule schedule = legal.get(random.nextInt(legal.size()));
    int m = 1 + random.nextInt(20);
    int n = Math.max(1 + random.nextInt(70), Math.ceilDiv(FEWEST_RESULTS, m));
    Workload work = Workload.drawn(compiled.format(RandomDeclaration.FORMAT), kernel, n, 1 + random.nextInt(600), m,
        declaration.seed());
    return new KernelCheck(device).first(work, List.of(schedule), List.of(m));
  }
}
