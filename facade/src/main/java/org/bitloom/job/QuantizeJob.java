package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.safetensors.QuantizedModelWriter;
import org.bitloom.safetensors.SafetensorsFile;

/**
 * Quantizes the matrices of a model file.
 *
 * @param include which matrices, by name
 */
public record QuantizeJob(Path input, Path output, WeightFormat format, Pattern include,
    QuantizerChoice method) {
  /**
   * Quantizes; nothing appears at the output's name before all is written.
   *
   * @param total told how many matrices there are, before the first
   * @param progress told each matrix when it is written
   */
  public List<QuantizedModelWriter.Written> run(IntConsumer total, Consumer<QuantizedModelWriter.Written> progress)
      throws IOException {
    if (Files.exists(output) && Files.exists(input) && Files.isSameFile(input, output)) {
      throw new BadInput("the output is the input itself: " + output);
    }
    try (SafetensorsFile source = SafetensorsFile.open(input)) {
      QuantizedModelWriter writer = new QuantizedModelWriter(source, format, method.quantizer(format.info()), include);
      total.accept(writer.selected().size());
      return writer.write(output, progress);
    }
  }
}
