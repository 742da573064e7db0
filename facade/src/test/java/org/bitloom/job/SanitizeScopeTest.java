package org.bitloom.job;

import java.util.regex.Pattern;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What compute-sanitizer watches on a GPU, on the emulated device, whose own sanitizer watches it. */
class SanitizeScopeTest {
  @ParameterizedTest
  @ValueSource(strings = {"bcq3_g128", "int4_row"})
  void everyFamilyOfEveryKernelRunsOnce(String name) {
    WeightFormat format = ShippedFormats.byName(name).orElseThrow();
    Selftest.Report report = new Selftest(new Selftest.Request("emulated", Pattern.compile("^" + name + "$"),
        Selftest.Extent.SANITIZE))
        .run((_, tally) -> assertTrue(tally.failures().isEmpty(), tally.failures()::toString));
    assertEquals(SanitizerTest.products(format), report.tally().passed());
  }
}
