package org.bitloom.dsl.model;

import org.bitloom.dsl.source.Span;

/** One parameter plane of a format: what is stored, and for which weights. Serves scales, zero points and offsets. */
public record ScaleSpec(NumberType type, Granularity granularity, Span span) {
}
