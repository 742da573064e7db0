package org.bitloom.tests.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Tests the tests: every deliberate fault in a generated kernel must be caught by the very shapes, batches, schedules and
 * checks that the shipped kernels of a format run through between them. The table of what caught what is kept in docs/testing.md;
 * {@code -Dbitloom.update=true} rewrites it.
 */
class MutationTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "testing.md");
  private static final String BEGIN = "<!-- mutation table: begin -->\n";
  private static final String END = "<!-- mutation table: end -->\n";

  private static Device device;
  private static Map<String, List<Workload>> layers;
  private static List<Row> rows;

  @BeforeAll
  static void runEveryFault() {
    device = Devices.open("emulated");
    Compiled compiled = Bitloom.compile("faults.bl", Faults.DECLARATIONS);
    layers = new ConcurrentHashMap<>();
    for (WeightFormat format : compiled.formats()) {
      format.kernels().forEach(kernel -> layers.put(kernel.entry(), Layers.of(format, kernel)));
    }
    rows = Faults.ALL.parallelStream().map(fault -> new Row(fault, caught(fault))).toList();
    rows.forEach(System.out::print);
  }

  @AfterAll
  static void close() {
    device.close();
  }

  /** What the suite finds wrong with a kernel at fault. */
  private static Optional<Finding> caught(Fault fault) {
    for (Workload work : layers.get(fault.text().kernel())) {
      KernelUnit changed = fault.in(work.kernel());
      List<Schedule> schedules = Schedules.of(changed, device.info().limits());
      Optional<Finding> finding = new KernelCheck(device).first(work.with(changed), schedules, Layers.BATCHES);
      if (finding.isPresent()) {
        return finding;
      }
    }
    return Optional.empty();
  }

  /** A product that showed a fault. */
  private record Product(Workload work, Schedule schedule, int m) {
    static Product of(Finding finding) {
      Workload work = layers.get(finding.kernel()).stream()
          .filter(layer -> layer.n() == finding.n() && layer.k() == finding.k()).findFirst().orElseThrow();
      return new Product(work, finding.schedule(), finding.m());
    }
  }

  @Test
  void kernelsWithoutFaultsPassWhereFaultsShow() {
    List<Product> products = rows.stream().flatMap(row -> row.finding().stream()).map(Product::of).distinct().toList();
    assertEquals(List.of(), products.parallelStream().flatMap(
        one -> new KernelCheck(device).first(one.work(), List.of(one.schedule()), List.of(one.m())).stream()).toList());
  }

  private record Row(Fault fault, Optional<Finding> finding) {
    String line() {
      return "| " + fault.what() + " | " + fault.text() + " | " + caughtBy() + " |\n";
    }

    private String caughtBy() {
      return finding.map(found -> switch (fault.show()) {
        case ALWAYS_ALIKE -> found.check().name();
        case AS_BLOCKS_MEET -> "any of them, as blocks meet";
      }).orElse("**nothing**");
    }

    @Override
    public String toString() {
      return fault.what() + "\n    -> " + finding.map(Finding::toString).orElse("NOTHING") + "\n";
    }
  }

  @Test
  void everyFaultIsCaught() throws IOException {
    String table = "| fault | kernel | caught by |\n|---|---|---|\n"
        + rows.stream().map(Row::line).collect(Collectors.joining());
    assertEquals(List.of(),
        rows.stream().filter(row -> row.finding().isEmpty()).map(row -> row.fault().what()).toList(),
        "faults that nothing caught");
    compareWithDocument(table);
  }

  private static void compareWithDocument(String table) throws IOException {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    assertTrue(begin >= BEGIN.length() && end >= begin, () -> DOCUMENT + " has lost the marks of its table");
    if (Boolean.getBoolean("bitloom.update")) {
      Files.writeString(DOCUMENT, document.substring(0, begin) + table + document.substring(end));
      return;
    }
    assertEquals(document.substring(begin, end), table,
        () -> DOCUMENT + " is out of date: run with -Dbitloom.update=true");
  }
}
