package org.bitloom.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.BadInput;
import org.bitloom.job.RunJob;
import org.bitloom.job.RunReport;
import org.bitloom.job.RunRequest;
import org.bitloom.job.Shape;
import org.bitloom.job.WeightSource;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.SignPlanes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom run}: one layer from its declaration to a checked product. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Quantize, pack and multiply one layer, and check it.")
final class RunCommand implements Callable<Integer> {
  private final Workplace workplace;

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FORMAT|FILE.bl", description = "A shipped format, or a file of declarations.")
  private String format;

  @Option(names = "--weights", paramLabel = "FILE.safetensors[:TENSOR]", description = "Weights to quantize; default: a layer of the model that comes with Bitloom.")
  private Optional<String> weights;

  @Option(names = "--shape", paramLabel = "NxK", description = "Random weights of this shape instead: n output x k input features.")
  private Optional<String> shape;

  @Option(names = "--batch", paramLabel = "M", defaultValue = "1", description = "Rows of activations (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "cuda, cpu or emulated (default: cuda where there is a GPU, else cpu).")
  private String device;

  @Option(names = "--kernel", paramLabel = "NAME", description = "The kernel to run, if there are several (default: the first).")
  private Optional<String> kernel;

  @Option(names = "--planes", paramLabel = "P", description = "Use the first P sign planes of binary-coded weights only; the others are not read.")
  private Optional<Integer> planes;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  RunCommand(Workplace workplace) {
    this.workplace = workplace;
  }

  @Override
  public Integer call() {
    RunReport report = new RunJob(workplace)
        .run(new RunRequest(format, kernel, source(), batch, device, planes.map(RunCommand::signs)));
    spec.commandLine().getOut().println(json ? RunPrinter.json(report) : RunPrinter.text(report));
    spec.commandLine().getOut().flush();
    return report.passed() ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  private static SignPlanes signs(int planes) {
    try {
      return new SignPlanes(planes);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--planes " + planes + ": " + e.getMessage());
    }
  }

  private WeightSource source() {
    if (weights.isPresent() && shape.isPresent()) {
      throw new BadInput("--weights and --shape exclude each other: a file has a shape of its own");
    }
    return shape.<WeightSource>map(text -> new WeightSource.Random(Shape.parse(text)))
        .or(() -> weights.map(WeightSource.Tensor::parse))
        .orElseGet(() -> new WeightSource.Tensor(workplace.model(), Optional.empty()));
  }
}
