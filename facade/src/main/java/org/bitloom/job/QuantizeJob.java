package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.file.OutputFile;
import org.bitloom.safetensors.QuantizedModelWriter;
import org.bitloom.safetensors.SafetensorsFile;

/**
 * Quantizes the matrices of a model file.
 *
 * @param declaration the file that declares the format, if it is none that ships
 * @param include which matrices, by name
 */
public record QuantizeJob(Path input, Path output, WeightFormat format, Optional<Path> declaration, Pattern include,
    QuantizerChoice method) {
  /**
   * Quantizes; nothing appears at the output's name before all is written.
   *
   * @param total told how many matrices there are, before the first
   * @param progress told each matrix when it is written
   */
  public List<QuantizedModelWriter.Written> run(IntConsumer total, Consumer<QuantizedModelWriter.Written> progress)
      throws IOException {
    method.requireFor(format.info());
    requireOther("input", input);
    if (declaration.isPresent()) {
      requireOther("declaration", declaration.get());
    }
    OutputFile.toReplace(output);
    try (SafetensorsFile source = SafetensorsFile.open(input)) {
      QuantizedModelWriter writer = new QuantizedModelWriter(source, format, method.quantizer(format.info()), include);
      total.accept(writer.selected().size());
      return writer.write(output, progress);
    }
  }

  private void requireOther(String what, Path read) throws IOException {
    if (Files.exists(output) && Files.exists(read) && Files.isSameFile(read, output)) {
      throw new BadInput("the output is the " + what + " itself: " + output);
    }
  }
}
