package org.bitloom.cli;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import org.bitloom.ShippedFormats;
import org.bitloom.compile.ExplainedStage;
import org.bitloom.compile.Explainer;
import org.bitloom.dsl.source.Source;
import org.bitloom.job.BadInput;
import org.bitloom.job.FormatChooser;
import org.bitloom.job.Shape;
import org.bitloom.job.SpaceReport;
import org.bitloom.job.TargetReport;
import org.bitloom.runtime.api.WeightFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom explain}: what one stage of the compiler makes of a declaration. */
@Command(name = "explain", mixinStandardHelpOptions = true, description = "Show what a stage of the compiler makes of a declaration.")
final class ExplainCommand implements Callable<Integer> {
  private static final String SHAPE = "8192x8192";
  private static final int BATCH = 16;

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FORMAT|FILE.bl", description = "A shipped format, or a file of declarations.")
  private String format;

  @Option(names = "--stage", required = true, paramLabel = "STAGE", description = "One of ${COMPLETION-CANDIDATES}.")
  private ExplainedStage stage;

  @Option(names = "--target", paramLabel = "ARCH", description = "With stage cuda: also compile for it, such as sm_90a, and say what the kernel takes.")
  private Optional<String> target;

  @Option(names = "--kernel", paramLabel = "NAME", description = "The kernel to explain, if there are several (default: the first).")
  private Optional<String> kernel;

  @Option(names = "--shape", paramLabel = "NxK", description = "With stage plan: list schedules for this shape (default: "
      + SHAPE + ").")
  private Optional<String> shape;

  @Option(names = "--batch", paramLabel = "M", description = "With stage plan: and for this batch (default: " + BATCH
      + ").")
  private Optional<Integer> batch;

  @Override
  public Integer call() throws IOException {
    require("--target", target, EnumSet.of(ExplainedStage.CUDA));
    require("--shape", shape, EnumSet.of(ExplainedStage.PLAN));
    require("--batch", batch, EnumSet.of(ExplainedStage.PLAN));
    require("--kernel", kernel, EnumSet.complementOf(EnumSet.of(ExplainedStage.SYNTAX, ExplainedStage.MODEL)));
    Source source = source();
    try {
      String text = Explainer.of(source).explain(stage, kernel);
      Optional<String> compiled = target
          .map(arch -> TargetReport.of(FormatChooser.choose(format, kernel).kernel(), arch));
      Optional<String> space = Optional.of(stage).filter(ExplainedStage.PLAN::equals).map(plan -> SpaceReport
          .of(FormatChooser.choose(format, kernel).kernel(),
              Shape.parse(shape.orElse(SHAPE)).product(batch.orElse(BATCH))));
      spec.commandLine().getOut().println(text.stripTrailing());
      space.ifPresent(spec.commandLine().getOut()::println);
      compiled.ifPresent(line -> spec.commandLine().getOut().println("\n// " + line));
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new BadInput(e.getMessage(), e);
    }
  }

  /** An option that would say nothing about this stage is a mistake. */
  private void require(String option, Optional<?> value, Set<ExplainedStage> stages) {
    if (value.isPresent() && !stages.contains(stage)) {
      throw new BadInput(option + " is for stage " + stages.stream().map(one -> one.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ")) + " only");
    }
  }

  private Source source() throws IOException {
    if (FormatChooser.isFile(format)) {
      return Source.of(format, FormatChooser.read(format));
    }
    WeightFormat shipped = FormatChooser.formats(format).getFirst();
    return Source.of(format + ".bl",
        ShippedFormats.source(shipped.info().name()).orElseGet(shipped.info()::declaration));
  }
}
