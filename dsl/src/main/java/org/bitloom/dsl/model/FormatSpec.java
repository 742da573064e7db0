package org.bitloom.dsl.model;

import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.source.Span;

/**
 * A checked weight format. The weight of code c is {@code product(scales) * (value(c) - zero) + offset}; for
 * {@code binary q} it is {@code sum of scale_i * sign_i + offset}, with one scale per plane.
 *
 * @param scales at least one, at most two, the finest granularity first
 */
public record FormatSpec(String name, Codec codec, List<ScaleSpec> scales, Optional<ScaleSpec> zero,
    Optional<ScaleSpec> offset, Span span) {
  public FormatSpec {
    scales = List.copyOf(scales);
    if (scales.isEmpty() || scales.size() > 2) {
      throw new IllegalArgumentException("a format has one or two scales, not " + scales.size());
    }
  }
}
