package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Optional;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.DeclarationException;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Declared ranges of tiles, stages and splits: either every product finds a schedule, or the declaration is refused. */
class RangesTest {
  private static Compiled compile(String range) {
    return Bitloom.compile("ranges.bl",
        "format w { element int 4 scale f16 per row } kernel multiply { y f16 = x f16 * w " + range + " }");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tile m 24", "tile k 16..32", "stages 1", "stages 7..8", "split_k 3"})
  void refusesRangesThatHoldNoSchedule(String range) {
    String message = assertThrows(DeclarationException.class, () -> compile(range)).getMessage();
    assertTrue(message.contains("ranges.bl:1:") && message.contains("no schedule lies in the ranges"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tile m 8..24", "tile m 24..64", "split_k 4..8", "stages 2", "tile n 128", "tile k 256"})
  void everyBatchAndShapeFindsASchedule(String range) {
    Compiled compiled = compile(range);
    KernelUnit kernel = compiled.kernel("multiply");
    try (Device device = Devices.open("emulated")) {
      for (int m : new int[]{1, 8, 9, 17, 24, 64, 200}) {
        Problem problem = new Problem(16, 16, m);
        Schedule schedule = kernel.space().firstChoice(problem, device.info().limits());
        assertEquals(Optional.empty(), kernel.space().rejection(schedule, problem, device.info().limits()));
      }
      Workload work = Workload.quantized(compiled.format("w"), kernel, 20, 70, 17, 5);
      Schedule schedule = kernel.space().firstChoice(new Problem(20, 70, 17), device.info().limits());
      assertEquals(Optional.empty(), new KernelCheck(device).first(work, List.of(schedule), List.of(17)));
    }
  }
}
