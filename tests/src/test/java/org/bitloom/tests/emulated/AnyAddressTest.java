package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Schedule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Activations and results may lie at any address of 2-byte numbers, also where rows are whole 16-byte words. */
class AnyAddressTest {
  private static final int ROWS = 208;
  private static final int FEATURES = 776;
  private static final int BATCH = 40;
  private static final Compiled COMPILED = Bitloom.compile("addresses.bl", """
      format fp6 { element float e3m2  scale f16 per row }
      format integer { element int 4  scale f16 per 128 }
      format signs { element binary 3  scale f16 per 128  offset f16 per 128 }
      format planes { element bipolar 2  scale f16 per row }
      kernel fp6_f16 { y f16 = x f16 * fp6  epilogue bias, silu }
      kernel integer_bf16 { y bf16 = x bf16 * integer }
      kernel signs_f16 { y f16 = x f16 * signs }
      kernel planes_f16 { y f16 = x bipolar 2 * planes  tile m 8..256, n 16..256, k 256..1024 }
      kernel planes_bf16 { y bf16 = x int 8 * planes }
      """);

  @ParameterizedTest
  @CsvSource({"fp6_f16, 2", "integer_bf16, 2", "signs_f16, 5", "planes_f16, 4", "planes_bf16, 3"})
  void everyFamilyTakesThem(String name, int families) {
    KernelUnit kernel = COMPILED.kernel(name);
    try (Device device = Devices.open("emulated")) {
      List<Schedule> schedules = Schedules.of(kernel, device.info().limits());
      Set<String> seen = new TreeSet<>();
      schedules.forEach(schedule -> seen.add(schedule.family()));
      assertEquals(families, seen.size(), seen.toString());
      Workload work = Workload.quantized(COMPILED.format(kernel.format().name()), kernel, ROWS, FEATURES, BATCH, 11);
      assertEquals(Optional.empty(), new KernelCheck(device, Short.BYTES).first(work, schedules, List.of(1, BATCH)));
    }
  }
}
