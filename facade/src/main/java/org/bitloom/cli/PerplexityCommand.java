package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.BadInput;
import org.bitloom.job.FormatChooser;
import org.bitloom.job.PerplexityJob;
import org.bitloom.job.PerplexityJob.Measured;
import org.bitloom.job.QuantizerChoice;
import org.bitloom.llama.LlamaException;
import org.bitloom.runtime.api.WeightFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom perplexity}: what a format costs a language model. */
@Command(name = "perplexity", mixinStandardHelpOptions = true, description = "Measure the perplexity of a byte-level Llama model with its projections quantized.")
final class PerplexityCommand implements Callable<Integer> {
  private static final String HEAD = "%-16s %-12s %15s %12s  %s".formatted("projections", "method", "bits per weight",
      "perplexity", "loss less that of the first format");

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "MODEL.safetensors", description = "A Llama model with 256 tokens, the bytes; config.json lies beside it.")
  private Path model;

  @Option(names = "--format", split = ",", paramLabel = "FORMAT,...", description = "Formats of the projections of attention and feed-forward blocks; embedding, norms and head stay as they are. Default: the model as it is only.")
  private List<String> formats = List.of();

  @Option(names = "--method", split = ",", paramLabel = "METHOD,...", defaultValue = "best", description = "How scales are chosen: absmax, clip, greedy, alternating, standard (absmax or alternating), best (clip or alternating). Default: ${DEFAULT-VALUE}.")
  private List<QuantizerChoice> methods;

  @Option(names = "--text", paramLabel = "FILE", description = "The text to foretell. Default: validation.txt beside the model.")
  private Optional<Path> text;

  @Option(names = "--windows", paramLabel = "N", defaultValue = "64", description = "Windows of 256 bytes of the text (default: ${DEFAULT-VALUE}).")
  private int windows;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (formats.isEmpty() && spec.commandLine().getParseResult().hasMatchedOption("--method")) {
      throw new BadInput("--method says how weights are quantized; name a --format too");
    }
    List<WeightFormat> chosen = formats.stream().map(name -> FormatChooser.formats(name).getFirst()).toList();
    Path config = model.resolveSibling("config.json");
    Path words = text.orElseGet(() -> model.resolveSibling("validation.txt"));
    for (Path file : List.of(model, config, words)) {
      FormatChooser.existing(file.toString());
    }
    PrintWriter out = spec.commandLine().getOut();
    try {
      new PerplexityJob(model, config, words, chosen, methods, windows).run(measured -> {
        if (!json && measured.format().isEmpty()) {
          out.println(HEAD);
        }
        out.println(json ? json(measured) : line(measured));
        out.flush();
      });
    } catch (LlamaException e) {
      throw new BadInput(e.getMessage(), e);
    }
    return ExitCode.OK;
  }

  private static String line(Measured measured) {
    String difference = measured.difference()
        .map(d -> "  %+.6f, standard error %.6f".formatted(d.mean(), d.standardError())).orElse("");
    return "%-16s %-12s %15.3f %12.6f%s".formatted(measured.format().isEmpty() ? "as they are" : measured.format(),
        measured.method(), measured.bitsPerWeight(), measured.perplexity(), difference);
  }

  private static String json(Measured measured) {
    JsonObject object = new JsonObject().text("format", measured.format()).text("method", measured.method())
        .number("bits_per_weight", measured.bitsPerWeight()).number("perplexity", measured.perplexity());
    return measured.difference().map(d -> object.number("loss_difference", d.mean())
        .number("standard_error", d.standardError())).orElse(object).toString();
  }
}
