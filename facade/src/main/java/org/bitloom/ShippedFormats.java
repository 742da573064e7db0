package org.bitloom;

import java.util.List;
import java.util.Optional;

import org.bitloom.generated.Formats;
import org.bitloom.runtime.api.WeightFormat;

/** The formats that come with Bitloom, generated and committed as text. */
public final class ShippedFormats {
  private ShippedFormats() {
  }

  /** All of them, in the order of their names. */
  public static List<WeightFormat> all() {
    return Formats.all();
  }

  /** Their names. */
  public static List<String> names() {
    return all().stream().map(format -> format.info().name()).toList();
  }

  /** The one called {@code name}. */
  public static Optional<WeightFormat> byName(String name) {
    return all().stream().filter(format -> format.info().name().equals(name)).findFirst();
  }
}
