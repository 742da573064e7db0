package org.bitloom;

import java.util.List;
import java.util.NoSuchElementException;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;

/** The formats of one text, in its order, each with its kernels. */
public record Compiled(List<WeightFormat> formats) {
  public Compiled {
    formats = List.copyOf(formats);
  }

  /**
   * The format called {@code name}.
   *
   * @throws NoSuchElementException if the text declares none
   */
  public WeightFormat format(String name) {
    return formats.stream().filter(format -> format.info().name().equals(name)).findFirst()
        .orElseThrow(() -> new NoSuchElementException("no format '" + name + "' is declared"));
  }

  /**
   * The kernel called {@code name}.
   *
   * @throws NoSuchElementException if the text declares none
   */
  public KernelUnit kernel(String name) {
    return formats.stream().flatMap(format -> format.kernels().stream()).filter(kernel -> kernel.entry().equals(name))
        .findFirst().orElseThrow(() -> new NoSuchElementException("no kernel '" + name + "' is declared"));
  }
}
