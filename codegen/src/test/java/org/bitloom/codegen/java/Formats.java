package org.bitloom.codegen.java;

import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.dsl.source.Span;

/** Formats around a codec, for tests that care for the codes only. */
final class Formats {
  private Formats() {
  }

  static FormatSpec of(String name, Codec codec) {
    ScaleSpec scale = new ScaleSpec(NumberType.Float.F16, new Granularity.PerRow(), Span.NONE);
    return new FormatSpec(name, codec, List.of(scale), Optional.empty(), Optional.empty(), Span.NONE);
  }
}
