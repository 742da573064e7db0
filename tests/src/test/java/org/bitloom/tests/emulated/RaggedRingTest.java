package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * Rings of the warpgroup families for quantized activations where a tile has few rows: warps that have nothing to copy must keep
 * up with those that have. Activations go through the quantizer, which leaves tokens past the batch unknown.
 */
class RaggedRingTest {
  private static final long SEED = 0x72696e67;

  @ParameterizedTest
  @CsvSource({"w2_bipolar,linear_w2_bipolar_a2_f16,plane-wgmma", "w3_bipolar,linear_w3_bipolar_a8_f16,byte-wgmma"})
  void shortRingsDoNotOvertakeIdleWarps(String name, String entry, String family) {
    WeightFormat format = ShippedFormats.byName(name).orElseThrow();
    KernelUnit kernel = format.kernels().stream().filter(unit -> unit.entry().equals(entry)).findFirst().orElseThrow();
    try (Device device = Devices.open("emulated")) {
      List<Schedule> shallow = kernel.space().candidates(new Problem(69, 2045, 17), device.info().limits()).stream()
          .filter(s -> s.family().equals(family) && s.toString().contains(".s2.") && s.rows() == 64 && s.batch() <= 32)
          .toList();
      assertFalse(shallow.isEmpty());
      Workload work = Workload.quantized(format, kernel, 69, 2045, 17, SEED);
      assertEquals(List.of(), new KernelCheck(device)
          .first(work, shallow.subList(0, Math.min(3, shallow.size())), List.of(3, 17)).stream().toList());
    }
  }
}
