package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every shipped kernel, compiled to PTX and run on the JVM under the sanitizer, against float64. */
class ShippedKernelsEmulatedTest {
  /** @param number counts the kernels of a format */
  private record Shipped(WeightFormat format, KernelUnit kernel, int number) {
    List<Schedule> schedules(DeviceLimits limits) {
      return Schedules.half(kernel, limits, number);
    }
  }

  private static Stream<Shipped> shipped(WeightFormat format) {
    List<KernelUnit> kernels = format.kernels();
    return IntStream.range(0, kernels.size()).mapToObj(i -> new Shipped(format, kernels.get(i), i));
  }

  private static List<Shipped> shipped() {
    return ShippedFormats.all().stream().flatMap(ShippedKernelsEmulatedTest::shipped).toList();
  }

  @Test
  void everyKernelMatchesFloat64() {
    AtomicInteger products = new AtomicInteger();
    try (Device device = Devices.open("emulated")) {
      List<String> wrong = shipped().parallelStream().flatMap(one -> {
        List<Schedule> schedules = one.schedules(device.info().limits());
        return Layers.of(one.format(), one.kernel()).stream().flatMap(work -> {
          products.addAndGet(schedules.size() * Layers.BATCHES.size());
          return new KernelCheck(device).first(work, schedules, Layers.BATCHES).stream();
        });
      }).map(Finding::toString).toList();
      assertEquals(List.of(), wrong);
    }
    System.out.println(products + " products of " + shipped().size() + " shipped kernels match float64");
  }

  @Test
  void everyFormatHasBothKernels() {
    for (WeightFormat format : ShippedFormats.all()) {
      boolean bits = format.layout().rowSums() == LayoutInfo.RowSums.STORED;
      assertEquals(bits ? List.of() : List.of(ActivationType.F16, ActivationType.BF16),
          format.kernels().stream().filter(kernel -> kernel.code().isEmpty()).map(KernelUnit::x).sorted().toList(),
          format.info().name());
    }
  }

  @Test
  void everyKernelHasThreeSchedules() {
    try (Device device = Devices.open("emulated")) {
      for (Shipped one : shipped()) {
        List<Schedule> schedules = one.schedules(device.info().limits());
        assertTrue(schedules.size() >= 3, () -> one.kernel().entry() + ": " + schedules);
      }
    }
  }

  @Test
  void schedulesOfEveryFormatUseEveryFeature() {
    try (Device device = Devices.open("emulated")) {
      for (WeightFormat format : ShippedFormats.all()) {
        List<DequantMmaSchedule> mma = shipped(format).flatMap(one -> one.schedules(device.info().limits()).stream())
            .filter(DequantMmaSchedule.class::isInstance).map(DequantMmaSchedule.class::cast).toList();
        if (mma.isEmpty()) {
          continue;
        }
        for (Predicate<DequantMmaSchedule> feature : List.<Predicate<DequantMmaSchedule>>of(s -> s.warpsN() > 1,
            s -> s.warpsK() > 1, s -> s.splitK() > 1, s -> s.rowTiles() > 1, s -> s.batchTiles() > 1,
            s -> s.unitsPerStage() > 1, s -> s.stages() > 2)) {
          assertTrue(mma.stream().anyMatch(feature), () -> format.info().name() + ": " + mma);
        }
      }
    }
  }

  /** What can differ in a family's schedules at all does differ in those that are run. */
  @Test
  void schedulesOfEveryFamilyDifferInEveryNumber() {
    try (Device device = Devices.open("emulated")) {
      DeviceLimits limits = device.info().limits();
      Map<String, List<Schedule>> possible = byFamily(shipped().stream().flatMap(
          one -> one.kernel().space().candidates(new Problem(4096, 4096, 16), limits).stream()));
      byFamily(shipped().stream().flatMap(one -> one.schedules(limits).stream()))
          .forEach((family, own) -> {
            int numbers = Math.min(Schedules.FEATURES, own.getFirst().numbers().size());
            for (int number = 0; number < numbers; number++) {
              assertTrue(values(own, number) > 1 || values(possible.getOrDefault(family, own), number) == 1,
                  family + ": number " + number);
            }
          });
    }
  }

  private static Map<String, List<Schedule>> byFamily(Stream<Schedule> schedules) {
    return schedules.collect(Collectors.groupingBy(Schedule::family));
  }

  private static long values(List<Schedule> schedules, int number) {
    return schedules.stream().map(s -> s.numbers().get(number)).distinct().count();
  }
}
