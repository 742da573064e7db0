package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.bitloom.llama.Llama;
import org.bitloom.llama.LlamaConfig;
import org.bitloom.llama.LossDifference;
import org.bitloom.llama.Perplexity;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.safetensors.SafetensorsFile;

/**
 * Measures the perplexity of a byte-level Llama model with its projections in several formats.
 *
 * @param config the model's {@code config.json}
 * @param text the text to foretell
 * @param windows at most so many windows of the text
 */
public record PerplexityJob(Path model, Path config, Path text, List<WeightFormat> formats,
    List<QuantizerChoice> methods, int windows) {
  /** Tokens of a window. */
  public static final int LENGTH = 256;
  private static final int BYTES = 256;

  /**
   * One measurement.
   *
   * @param format name of the format; empty for the model as it is
   * @param method how its scales were chosen; empty for the model as it is
   * @param difference to the first format and method, in nats a token; empty for that, the model as it is, and one window
   */
  public record Measured(String format, String method, double bitsPerWeight, double perplexity,
      Optional<LossDifference> difference) {
  }

  /** Measures the model as it is, then every format by every method. */
  public void run(Consumer<Measured> each) throws IOException {
    formats.forEach(format -> methods.forEach(method -> method.requireFor(format.info())));
    LlamaConfig shape = LlamaConfig.read(config);
    if (shape.vocabulary() != BYTES) {
      throw new BadInput(config + ": the model has " + shape.vocabulary()
          + " tokens; only models whose tokens are the " + BYTES + " bytes can be measured");
    }
    byte[] bytes = Files.readAllBytes(text);
    if (windows < 1 || windows > Perplexity.windowsOf(bytes, LENGTH)) {
      throw new BadInput(text + " has " + Perplexity.windowsOf(bytes, LENGTH) + " windows of " + LENGTH
          + " bytes; " + windows + " were asked for");
    }
    Perplexity perplexity = new Perplexity(windows, LENGTH);
    try (SafetensorsFile file = SafetensorsFile.open(model)) {
      double exact = perplexity.of(new Llama(shape, file, Optional.empty()), bytes);
      each.accept(new Measured("", "", Short.SIZE, exact, Optional.empty()));
      Optional<double[]> first = Optional.empty();
      for (WeightFormat format : formats) {
        for (QuantizerChoice method : methods) {
          Llama.Quantization how = new Llama.Quantization(format.info(), method.quantizer(format.info()));
          double[] losses = perplexity.losses(new Llama(shape, file, Optional.of(how)), bytes);
          each.accept(new Measured(format.info().name(), method.title(format.info()),
              Layer.bitsPerWeight(format.info(), shape.hidden(), shape.hidden()), Perplexity.ofLosses(losses),
              first.filter(_ -> windows > 1).map(others -> LossDifference.of(losses, others))));
          first = Optional.of(first.orElse(losses));
        }
      }
    }
  }
}
