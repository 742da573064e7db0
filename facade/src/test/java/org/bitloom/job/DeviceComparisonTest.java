package org.bitloom.job;

import java.util.List;

import org.bitloom.Bitloom;
import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The comparison that a selftest makes on a GPU, made here between the emulated device and the CPU. */
class DeviceComparisonTest {
  private static final List<String> NAMES = List.of("fp6_e3m2", "fp8_e5m2", "int8_row", "uint4_g128", "nvfp4", "mxfp4");

  private static Tally compare(List<WeightFormat> formats) {
    try (Device emulated = Devices.open("emulated"); Device cpu = Devices.open("cpu")) {
      DeviceComparison comparison = new DeviceComparison(emulated, cpu);
      return formats.stream().map(comparison::run).reduce(Tally.NOTHING, Tally::plus);
    }
  }

  @Test
  void devicesAgree() {
    List<WeightFormat> formats = NAMES.stream().map(name -> ShippedFormats.byName(name).orElseThrow()).toList();
    Tally tally = compare(formats);
    assertEquals(List.of(), tally.failures());
    assertEquals(formats.stream().mapToLong(DeviceComparison::products).sum(), tally.passed());
  }

  @Test
  void activationFunctionsAreComparedWithoutIntegers() {
    List<WeightFormat> formats = Bitloom.compile("selftest.bl", Selftest.EPILOGUES).formats();
    Tally tally = compare(formats);
    assertEquals(List.of(), tally.failures());
    assertTrue(tally.skipped() > 0 && tally.passed() > tally.skipped(), tally::toString);
  }

  /** A scale of one part in a thousand too much is within f16's tolerance against float64, but not the same bits. */
  @Test
  void findsSmallDifferences() {
    WeightFormat format = ShippedFormats.byName("fp6_e3m2").orElseThrow();
    Tally tally = compare(List.of(new WeightFormat(format.info(), format.layout(), format.packer(),
        format.kernels().stream().map(DeviceComparisonTest::scaleTooLarge).toList())));
    assertEquals(DeviceComparison.products(format) / 2, tally.failures().stream()
        .filter(failure -> failure.contains("integer problem")).count(), () -> String.join("\n", tally.failures()));
  }

  private static KernelUnit scaleTooLarge(KernelUnit unit) {
    String right = "s.low * kFactor, s.high * kFactor";
    KernelVariant variant = unit.variants().getFirst();
    String cuda = variant.cuda().replace(right, "s.low * kFactor * 1.001f, s.high * kFactor * 1.001f");
    assertTrue(!cuda.equals(variant.cuda()), "the kernel no longer holds '" + right + "'");
    return new KernelUnit(unit.entry(), unit.format(), unit.layout(), unit.x(), unit.y(), unit.epilogue(),
        List.of(new KernelVariant(variant.family(), cuda, variant.order(), variant.space())));
  }
}
