package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

import org.bitloom.Bitloom;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.safetensors.QuantizedModelReader;
import org.bitloom.safetensors.QuantizedTensor;
import org.bitloom.safetensors.SafetensorsException;
import org.bitloom.safetensors.SafetensorsFile;

/**
 * Unpacks every quantized tensor of a file with formats compiled from the file's own declarations, and packs it again.
 *
 * @param original the file that was quantized, to compare with
 */
public record VerifyJob(Path file, Optional<Path> original) {
  /**
   * One tensor.
   *
   * @param error relative to the original, if there is one
   * @param fault what is wrong with it, if anything is
   */
  public record Checked(QuantizedTensor tensor, OptionalDouble error, Optional<String> fault) {
  }

  /** Verifies; {@code each} is told every tensor. True if all are right. */
  public boolean run(Consumer<Checked> each) throws IOException {
    try (SafetensorsFile packed = SafetensorsFile.open(file)) {
      QuantizedModelReader reader = new QuantizedModelReader(packed);
      if (reader.tensors().isEmpty()) {
        throw new BadInput(file + ": holds no quantized tensors, so there is nothing to verify");
      }
      if (original.isEmpty()) {
        return check(reader, Optional.empty(), each);
      }
      try (SafetensorsFile source = SafetensorsFile.open(original.get())) {
        return check(reader, Optional.of(source), each);
      }
    }
  }

  private boolean check(QuantizedModelReader reader, Optional<SafetensorsFile> source, Consumer<Checked> each) {
    Map<String, WeightFormat> formats = new HashMap<>();
    boolean right = true;
    for (QuantizedTensor tensor : reader.tensors()) {
      WeightFormat format = formats.computeIfAbsent(tensor.format(),
          name -> declared(name, reader.declaration(name)));
      Checked checked = check(reader, tensor, format, source);
      right &= checked.fault().isEmpty();
      each.accept(checked);
    }
    return right;
  }

  private WeightFormat declared(String name, String declaration) {
    try {
      return Bitloom.compile(file + " (format " + name + ")", declaration).format(name);
    } catch (NoSuchElementException e) {
      throw new SafetensorsException(file, "declares another format under the name '" + name + "'", e);
    }
  }

  private static Checked check(QuantizedModelReader reader, QuantizedTensor tensor, WeightFormat format,
      Optional<SafetensorsFile> source) {
    try {
      if (source.isEmpty()) {
        reader.verify(tensor, format);
        return new Checked(tensor, OptionalDouble.empty(), Optional.empty());
      }
      double error = reader.verify(tensor, format, source.get()).relative();
      return new Checked(tensor, OptionalDouble.of(error), Double.isNaN(error)
          ? Optional.of("its relative error is NaN: numbers of the original, or scales, are not finite")
          : Optional.empty());
    } catch (SafetensorsException e) {
      return new Checked(tensor, OptionalDouble.empty(), Optional.of(e.getMessage()));
    }
  }
}
