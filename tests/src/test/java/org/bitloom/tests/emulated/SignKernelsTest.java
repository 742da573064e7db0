package org.bitloom.tests.emulated;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.DeclarationException;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignPlanes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Kernels of binary-coded weights against float64: every number of planes, both families, ragged shapes, some of the planes. */
class SignKernelsTest {
  private static final long SEED = 0x7369676e;
  private static final int BATCH = 18;

  private static Compiled compile(int planes, String share, String more, String type) {
    return Bitloom.compile("signs.bl", """
        format signs { element binary %d  scale f16 per %s  %s }
        kernel multiply { y %s = x %s * signs }
        """.formatted(planes, share, more, type, type));
  }

  private static Stream<Arguments> formats() {
    List<String> shares = List.of("128", "64", "row", "256", "768", "128", "64", "row");
    List<Arguments> formats = new ArrayList<>();
    for (int planes = 1; planes <= 8; planes++) {
      String share = shares.get(planes - 1);
      formats.add(Arguments.of(planes, share, planes % 3 == 0 ? "" : "offset f16 per " + share,
          planes % 2 == 0 ? "bf16" : "f16"));
    }
    return formats.stream();
  }

  private static List<Schedule> schedules(KernelUnit kernel, Device device) {
    List<Schedule> schedules = Schedules.of(kernel, device.info().limits());
    assertEquals(kernel.variants().size(), schedules.stream().map(Schedule::family).distinct().count(),
        schedules::toString);
    return schedules;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyNumberOfPlanesMatchesFloat64(int planes, String share, String more, String type) {
    Compiled compiled = compile(planes, share, more, type);
    KernelUnit kernel = compiled.kernel("multiply");
    try (Device device = Devices.open("emulated")) {
      List<Schedule> all = schedules(kernel, device);
      // One schedule of each family, another one for the next number of planes.
      List<Schedule> schedules = all.stream().map(Schedule::family).distinct().map(family -> {
        List<Schedule> own = all.stream().filter(s -> s.family().equals(family)).toList();
        return own.get(planes / 2 % own.size());
      }).toList();
      for (Workload work : List.of(Workload.drawn(compiled.format("signs"), kernel, 150, 1291, BATCH, SEED),
          Workload.drawn(compiled.format("signs"), kernel, 7, 40, BATCH, SEED + 1))) {
        assertEquals(List.of(),
            new KernelCheck(device).first(work, schedules, List.of(1, 2, 5, BATCH)).stream().toList());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void firstPlanesAloneMatchFloat64(int used) {
    Compiled compiled = compile(5, "128", "offset f16 per 128", "f16");
    KernelUnit kernel = compiled.kernel("multiply");
    SignPlanes planes = new SignPlanes(used);
    Workload work = Workload.drawn(compiled.format("signs"), kernel, 50, 712, BATCH, SEED).withPlanes(planes);
    try (Device device = Devices.open("emulated")) {
      List<Schedule> schedules = schedules(work.kernel(), device).stream().filter(s -> s.numbers().getLast() == 1)
          .skip(used % 2).limit(4).toList();
      assertEquals(List.of(), new KernelCheck(device).first(work, schedules, List.of(1, BATCH)).stream().toList());
    }
  }

  /** The same buffers serve both: what a view multiplies is what a kernel of fewer planes does. */
  @Test
  void aViewOfLoadedWeightsReadsItsPlanes() {
    Compiled compiled = compile(3, "128", "", "f16");
    KernelUnit kernel = compiled.kernel("multiply");
    Workload work = Workload.drawn(compiled.format("signs"), kernel, 40, 300, 2, SEED);
    for (String name : List.of("emulated", "cpu")) {
      try (Device device = Devices.open(name);
          Linear all = device.linear(work.format(), kernel, work.packed(), work.bias());
          Linear two = all.withPlanes(new SignPlanes(2));
          Linear one = two.withPlanes(new SignPlanes(1));
          Linear again = device.linear(work.format(), kernel.withPlanes(new SignPlanes(2)), work.packed(), work.bias());
          Linear first = device.linear(work.format(), kernel.withPlanes(new SignPlanes(1)), work.packed(),
              work.bias())) {
        assertArrayEquals(KernelCheck.forward(device, again, work), KernelCheck.forward(device, two, work), name);
        assertArrayEquals(KernelCheck.forward(device, first, work), KernelCheck.forward(device, one, work), name);
        assertTrue(KernelCheck.distance(KernelCheck.forward(device, all, work), work.truth()) < 1e-3, name);
        assertTrue(KernelCheck.distance(KernelCheck.forward(device, two, work), work.truth()) > 1e-2, name);
        assertThrows(IllegalArgumentException.class, () -> all.withPlanes(new SignPlanes(4)));
        assertThrows(IllegalArgumentException.class, () -> two.withPlanes(new SignPlanes(4)));
      }
    }
  }

  /** How much shared memory a schedule takes depends on the rows that its blocks share. */
  @Test
  void refusesAScheduleWhoseBlocksHaveTooManyRows() {
    Compiled compiled = compile(1, "128", "", "f16");
    KernelUnit kernel = compiled.kernel("multiply");
    Schedule lonely = Schedule.parse("bit-mma.n1.k16.r1.b1.w16.s2.g1.x1.o1");
    Workload few = Workload.drawn(compiled.format("signs"), kernel, 40, 4096, 1, SEED);
    Workload many = Workload.drawn(compiled.format("signs"), kernel, 3000, 4096, 1, SEED);
    try (Device device = Devices.open("emulated");
        Linear narrow = device.linear(few.format(), kernel, few.packed(), few.bias());
        Linear wide = device.linear(many.format(), kernel, many.packed(), many.bias())) {
      narrow.prepare(1, lonely);
      IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> wide.prepare(1, lonely));
      assertTrue(refusal.getMessage().contains("shared memory") && refusal.getMessage().contains(lonely.toString()),
          refusal.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scale bf16 per row", "scale f16 per 96", "scale f16 per 128  offset f16 per row"})
  void refusesParametersThatKernelsCannotFollow(String clauses) {
    DeclarationException refusal = assertThrows(DeclarationException.class, () -> Bitloom.compile("signs.bl", """
        format signs { element binary 2  %s }
        kernel multiply { y f16 = x f16 * signs }
        """.formatted(clauses)));
    assertTrue(refusal.getMessage().contains("signs.bl:2"), refusal::getMessage);
    assertTrue(refusal.getMessage().contains("binary-coded weights"), refusal::getMessage);
  }
}
