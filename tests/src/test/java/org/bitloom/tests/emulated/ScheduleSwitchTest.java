package org.bitloom.tests.emulated;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.BatchBucket;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One loaded layer whose schedule, and with it the kernel family, changes from batch to batch on one stream. */
class ScheduleSwitchTest {
  private static final long SEED = 0x737769;
  private static final List<Integer> BATCHES = List.of(1, 2, 3, 8, 17);

  private static Schedule schedule(List<Schedule> all, int bucket) {
    // Neighbouring buckets take schedules of different families, and different ones of the same family.
    List<String> families = all.stream().map(Schedule::family).distinct().toList();
    List<Schedule> own = all.stream().filter(s -> s.family().equals(families.get(bucket % families.size()))).toList();
    return own.get(bucket / families.size() % own.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear_bcq3_g128_f16", "linear_w2_bipolar_a2_f16", "linear_w4_bipolar_a8_f16",
      "linear_fp6_e3m2_f16"})
  void productsStayRightWhenBatchesRunOtherSchedules(String entry) {
    WeightFormat format = ShippedFormats.all().stream()
        .filter(f -> f.kernels().stream().anyMatch(unit -> unit.entry().equals(entry))).findFirst().orElseThrow();
    KernelUnit kernel = format.kernels().stream().filter(unit -> unit.entry().equals(entry)).findFirst().orElseThrow();
    try (Device device = Devices.open("emulated")) {
      NavigableMap<Integer, Schedule> schedules = new TreeMap<>();
      List<Schedule> all = Schedules.of(kernel, device.info().limits());
      BATCHES.forEach(m -> schedules.put(m, schedule(all, BatchBucket.index(m))));
      assertTrue(schedules.values().stream().distinct().count() > 2, schedules::toString);
      Workload work = Workload.quantized(format, kernel, 45, 1030, BATCHES.getLast(), SEED);
      assertEquals(List.of(), new KernelCheck(device)
          .mixed(work, schedules, List.of(17, 1, 2, 8, 1, 3, 17, 2)).stream().toList());
    }
  }
}
