package org.bitloom;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.bitloom.generated.Formats;
import org.bitloom.runtime.api.WeightFormat;

/** The formats that come with Bitloom, generated and committed as text. */
public final class ShippedFormats {
  /** Built by whoever asks first: that reads the texts of all kernels. */
  private static final class Built {
    static final List<WeightFormat> ALL = Formats.all();

    private Built() {
    }
  }

  private ShippedFormats() {
  }

  /** All of them, in the order of their names. */
  public static List<WeightFormat> all() {
    return Built.ALL;
  }

  /** Their names. */
  public static List<String> names() {
    return all().stream().map(format -> format.info().name()).toList();
  }

  /** The one called {@code name}. */
  public static Optional<WeightFormat> byName(String name) {
    return all().stream().filter(format -> format.info().name().equals(name)).findFirst();
  }

  /** The {@code .bl} text that the format {@code name} and its kernels were generated from. */
  public static Optional<String> source(String name) {
    if (byName(name).isEmpty()) {
      return Optional.empty();
    }
    try (InputStream text = Formats.class.getResourceAsStream(name + ".bl")) {
      return text == null ? Optional.empty() : Optional.of(new String(text.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
