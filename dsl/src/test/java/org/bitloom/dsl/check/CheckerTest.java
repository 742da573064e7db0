package org.bitloom.dsl.check;

import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.dsl.Language;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.Range;
import org.bitloom.dsl.source.Source;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckerTest {
  private static final String FORMAT = "format w { element int 4 scale f16 per row }\n";

  @Test
  void aFloatIsFiniteWithTheIeeeBiasUnlessItSaysOtherwise() {
    assertEquals(new Codec.FloatCodec(3, 2, Codec.Specials.FINITE, 3), codec("float e3m2"));
    assertEquals(new Codec.FloatCodec(4, 3, Codec.Specials.FN, 7), codec("float e4m3 fn"));
    assertEquals(new Codec.FloatCodec(5, 2, Codec.Specials.IEEE, -1), codec("float e5m2 ieee bias -1"));
  }

  @Test
  void shippedFloatsHaveTheirLargestValues() {
    assertEquals(28, largest(codec("float e3m2 finite")));
    assertEquals(7.5, largest(codec("float e2m3 finite")));
    assertEquals(6, largest(codec("float e2m1 finite")));
    assertEquals(448, largest(codec("float e4m3 fn")));
    assertEquals(57344, largest(codec("float e5m2 ieee")));
  }

  @Test
  void integersAreTwosComplement() {
    assertEquals(List.of(0.0, 1.0, -2.0, -1.0), values(codec("int 2")));
    assertEquals(List.of(0.0, 1.0, 2.0, 3.0), values(codec("uint 2")));
    assertEquals(List.of(-3.0, -1.0, 1.0, 3.0), values(codec("bipolar 2")));
  }

  @Test
  void aKernelLeavesOutWhatIsUsual() {
    KernelSpec kernel = kernel("y f16 = x f16 * w");
    assertEquals(new Range(8, 64), kernel.tileM());
    assertEquals(new Range(16, 256), kernel.tileN());
    assertEquals(new Range(64, 512), kernel.tileK());
    assertEquals(new Range(2, 8), kernel.stages());
    assertEquals(new Range(1, 16), kernel.splitK());
    assertEquals(List.of(), kernel.epilogue());
  }

  @Test
  void aKernelMayGiveOneAxisAndOneNumber() {
    KernelSpec kernel = kernel("y bf16 = x bipolar 3 * w tile k 128 epilogue bias, gelu");
    assertEquals(new NumberType.Bipolar(3), kernel.x());
    assertEquals(NumberType.Float.BF16, kernel.y());
    assertEquals(new Range(128, 128), kernel.tileK());
    assertEquals(new Range(8, 64), kernel.tileM());
    assertEquals(List.of(Epilogue.BIAS, Epilogue.GELU), kernel.epilogue());
  }

  @Test
  void aFormatKeepsItsPlanes() {
    FormatSpec format = compile("""
        format w {
          offset f16 per row  zero uint 3 per 32
          scale e4m3 per 16  scale f32 per tensor  element uint 4
        }
        """).program().formats().getFirst();
    assertEquals(new Granularity.PerGroup(16), format.scales().get(0).granularity());
    assertEquals(NumberType.Float.F32, format.scales().get(1).type());
    assertEquals(new NumberType.Uint(3), format.zero().orElseThrow().type());
    assertEquals(new Granularity.PerRow(), format.offset().orElseThrow().granularity());
  }

  @Test
  void spansCoverDeclarationsAndPlanes() {
    String text = "  " + FORMAT;
    Source source = Source.of("w", text);
    FormatSpec format = Language.compile(source).program().formats().getFirst();
    assertEquals(text.strip(), source.text(format.span()));
    assertEquals("scale f16 per row", source.text(format.scales().getFirst().span()));
  }

  @Test
  void whatIsWrongIsNotInTheProgram() {
    Language.Checked checked = compile(FORMAT + "format v { element int 9 scale f16 per row }\n"
        + "kernel a { y f16 = x f16 * v }\nkernel b { y f16 = x f16 * w }");
    assertEquals(List.of("w"), checked.program().formats().stream().map(FormatSpec::name).toList());
    assertEquals(List.of("b"), checked.program().kernels().stream().map(KernelSpec::name).toList());
    assertEquals(1, checked.diagnostics().size(), checked::report);
  }

  /** What was typed wrong once is not reported a second time where it is used. */
  @Test
  void oneMistakeIsOneError() {
    for (String text : List.of("fromat w { element int 4 scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w { elemnt int 4 scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w { element int 4 scael f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format W { element int 4 scale f16 per row } kernel k1 { y f16 = x f16 * W }",
        "format { element int 4 scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w element int 4 scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w { element int 4 scale f16 per row  kernel k1 { y f16 = x f16 * w }",
        "format w { element int 4 scale f16 per row } kernel k1 { y f16 = x f16 w }",
        "format w { element codebook [\u22121, 1] scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w { element codebook [1 1] scale f16 per row } kernel k1 { y f16 = x f16 * w }",
        "format w { element int 4 scale f16 per 99999999999 } kernel k1 { y f16 = x f16 * w }")) {
      Language.Checked checked = compile(text);
      assertEquals(1, checked.diagnostics().size(), () -> text + "\n" + checked.report());
    }
  }

  @Test
  void programsCannotBeChanged() {
    List<FormatSpec> formats = compile(FORMAT).program().formats();
    assertThrows(UnsupportedOperationException.class, formats::clear);
  }

  private static double largest(Codec codec) {
    return values(codec).stream().filter(v -> !v.isNaN()).mapToDouble(Double::doubleValue).max().orElseThrow();
  }

  private static List<Double> values(Codec codec) {
    return IntStream.range(0, 1 << codec.bits()).mapToObj(codec::value).toList();
  }

  private static Codec codec(String element) {
    Language.Checked checked = compile("format w { element " + element + " scale f16 per row }");
    assertTrue(checked.isOk(), checked::report);
    return checked.program().formats().getFirst().codec();
  }

  private static KernelSpec kernel(String clauses) {
    Language.Checked checked = compile(FORMAT + "kernel k1 { " + clauses + " }");
    assertTrue(checked.isOk(), checked::report);
    return checked.program().kernels().getFirst();
  }

  private static Language.Checked compile(String text) {
    return Language.compile(Source.of("test.bl", text));
  }
}
