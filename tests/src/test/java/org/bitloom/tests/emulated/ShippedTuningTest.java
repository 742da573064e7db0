package org.bitloom.tests.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.compile.Nvrtc;
import org.bitloom.runtime.tune.TuningEntry;
import org.bitloom.runtime.tune.TuningKey;
import org.bitloom.runtime.tune.TuningSources;
import org.bitloom.runtime.tune.TuningStore;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Schedules that shipped tuning files name: all readable and legal, and right under the sanitizer of the emulated device. */
class ShippedTuningTest {
  private static final Path FOLDER = Path.of("../generated-kernels/src/main/resources/org/bitloom/tuning");
  private static final long SEED = 0x74756e65;
  private static final int THIRD = 3;
  private static final String HOPPER = "sm_90a";
  private static final Map<String, WeightFormat> FORMATS = ShippedFormats.all().stream()
      .collect(Collectors.toMap(format -> format.info().name(), format -> format));

  /** A kernel and one of its schedules that some file names. */
  private record Named(WeightFormat format, KernelUnit kernel, Schedule schedule) {
    static Named of(TuningEntry entry) {
      WeightFormat format = FORMATS.get(entry.key().format());
      KernelUnit kernel = format.kernels().stream().flatMap(unit -> unit.byPlanes().stream())
          .filter(unit -> unit.name().equals(entry.key().kernel())).findFirst().orElseThrow();
      return new Named(format, kernel, entry.parsed().orElseThrow());
    }

    /** A ragged layer in which each warp has two stages to work on. */
    Optional<Finding> fault(Device device) {
      int k = 2 * kernel.layout().unitK() * schedule.unitsPerRound() - 3;
      int m = Math.min(16, schedule.batch());
      Workload work = Workload.quantized(format, kernel, schedule.rows() + 5, k, m, SEED);
      return new KernelCheck(device).first(work, List.of(schedule), List.of(m));
    }

    /** What the compiler spills for an H100. */
    Optional<String> spill(Nvrtc nvrtc) {
      KernelResources used = nvrtc.compile(KernelCompiler.request(kernel, schedule, HOPPER)).entry(kernel.entry())
          .orElseThrow();
      return used.spillBytes() == 0
          ? Optional.empty()
          : Optional.of(kernel.name() + " " + schedule + " spills " + used.spillBytes() + " bytes");
    }
  }

  private static List<Path> files() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static List<TuningEntry> entries() throws IOException {
    List<TuningEntry> entries = new ArrayList<>();
    for (Path file : files()) {
      entries.addAll(new TuningStore(file).entries());
    }
    return entries;
  }

  /** Each schedule of each kernel once. */
  private static Collection<Named> named() throws IOException {
    Map<String, Named> named = new LinkedHashMap<>();
    for (TuningEntry entry : entries()) {
      named.computeIfAbsent(entry.key().kernel() + " " + entry.schedule(), _ -> Named.of(entry));
    }
    return named.values();
  }

  @Test
  void everyFileIsNamedAfterItsDevice() throws IOException {
    for (Path file : files()) {
      for (TuningEntry entry : new TuningStore(file).entries()) {
        assertEquals(TuningSources.resourceName(entry.key().platform().device()), file.getFileName().toString());
      }
    }
  }

  @Test
  void everyScheduleIsLegal() throws IOException {
    for (TuningEntry entry : entries()) {
      TuningKey key = entry.key();
      Named one = Named.of(entry);
      Problem problem = new Problem(key.n(), key.k(), key.bucket());
      assertEquals(Optional.empty(), one.kernel().space().rejection(one.schedule(), problem, DeviceLimits.H100),
          one.kernel().name() + " " + problem + " " + one.schedule());
    }
  }

  /** Those of looked-up signs come closest to what the space estimates that the compiler needs. */
  @Test
  void noScheduleOfSignsThatAreLookedUpSpillsRegisters() throws IOException {
    List<Named> tight = named().stream().filter(one -> one.schedule().family().equals(SignFamily.SIGN_MMA.title()))
        .toList();
    assertTrue(tight.size() > 10, tight.size() + " schedules");
    Nvrtc nvrtc = Nvrtc.standard();
    assertEquals(List.of(), tight.parallelStream().flatMap(one -> one.spill(nvrtc).stream()).toList());
  }

  /**
   * A third of them, evenly spread over kernels, for each is compiled and run in about a second; all with
   * {@code -Dbitloom.tuned=all}. The selftest on a GPU runs all of them.
   */
  @Test
  void schedulesMatchFloat64() throws IOException {
    List<Named> all = List.copyOf(named());
    int step = "all".equals(System.getProperty("bitloom.tuned")) ? 1 : THIRD;
    List<Named> named = IntStream.iterate(0, i -> i < all.size(), i -> i + step).mapToObj(all::get).toList();
    try (Device device = Devices.open("emulated")) {
      List<String> wrong = named.parallelStream().flatMap(one -> one.fault(device).stream()).map(Finding::toString)
          .toList();
      assertEquals(List.of(), wrong);
    }
  }
}
