package org.bitloom.dsl.model;

import java.util.List;

/** A checked source text: its formats and kernels in declaration order. */
public record Program(List<FormatSpec> formats, List<KernelSpec> kernels) {
  public Program {
    formats = List.copyOf(formats);
    kernels = List.copyOf(kernels);
  }
}
