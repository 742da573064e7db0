package org.bitloom.compile;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.bitloom.ShippedFormats;
import org.bitloom.dsl.source.Source;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What is generated has the digits 0 to 9 in every locale that a program may run in. */
class LocaleTest {
  /** Languages whose own digits Java prints for the conversion d. */
  private static final List<Locale> WITH_DIGITS = List.of(Locale.forLanguageTag("ar-EG"),
      Locale.forLanguageTag("hi-IN-u-nu-deva"));

  static List<String> formats() {
    return ShippedFormats.names();
  }

  private static List<String> generated(Source source) {
    Explainer explainer = Explainer.of(source);
    Stream<String> stages = Arrays.stream(ExplainedStage.values())
        .map(stage -> explainer.explain(stage, Optional.empty()));
    Declarations declarations = Declarations.read(source);
    FormatCompiler compiler = new FormatCompiler(declarations);
    Stream<String> kernels = declarations.program().kernels().stream().map(compiler::unit)
        .flatMap(unit -> Stream.concat(Stream.of(unit.layout().id()),
            unit.variants().stream().flatMap(variant -> Stream.of(variant.cuda(), variant.quantizer().toString()))));
    return Stream.concat(stages, kernels).toList();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void changesNothing(String format) {
    Source source = Source.of(format + ".bl", ShippedFormats.source(format).orElseThrow());
    Map<Locale.Category, Locale> before = new EnumMap<>(Locale.Category.class);
    for (Locale.Category category : Locale.Category.values()) {
      before.put(category, Locale.getDefault(category));
    }
    try {
      Locale.setDefault(Locale.ROOT);
      List<String> expected = generated(source);
      for (Locale locale : WITH_DIGITS) {
        Locale.setDefault(locale);
        assertEquals(expected, generated(source), locale.toLanguageTag());
      }
    } finally {
      before.forEach(Locale::setDefault);
    }
  }
}
