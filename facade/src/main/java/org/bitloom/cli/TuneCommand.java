package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.bitloom.job.BadInput;
import org.bitloom.job.BandwidthPicture;
import org.bitloom.job.ExhaustiveCheck;
import org.bitloom.job.ShapeBatches;
import org.bitloom.job.TuneJob;
import org.bitloom.job.TuneRequest;
import org.bitloom.job.UntunedCheck;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.compile.CacheFolder;
import org.bitloom.runtime.file.FileTrouble;
import org.bitloom.runtime.file.OutputFile;
import org.bitloom.runtime.tune.TuningSources;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitloom tune}: finds fast schedules on this GPU and remembers them. */
@Command(name = "tune", mixinStandardHelpOptions = true, description = "Find fast schedules on this GPU and remember them.")
final class TuneCommand implements Callable<Integer> {
  private static final double SECONDS = 22;

  private final Workplace workplace;

  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "FORMATS", split = ",", arity = "1..*", description = "Shipped formats, files of declarations, or all.")
  private List<String> formats;

  @Option(names = "--kernels", paramLabel = "REGEX", description = "Kernels whose name matches (default: of each format the one that multiplies activations as they are, else all).")
  private Optional<String> kernels;

  @Option(names = "--planes", paramLabel = "P,...", split = ",", description = "Use the first P sign planes of binary-coded weights only, each P a kernel of its own.")
  private List<Integer> planes = List.of();

  @Option(names = "--shapes", paramLabel = "NxK[@M+M],...", split = ",", defaultValue = "4096x4096,8192x8192", description = "Shapes, perhaps with batches of their own (default: ${DEFAULT-VALUE}).")
  private List<String> shapes;

  @Option(names = "--batches", paramLabel = "M,...", split = ",", defaultValue = "1,8,16,32,64", description = "Batches (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(names = "--type", paramLabel = "f16|bf16", defaultValue = "f16", description = "Type of activations (default: ${DEFAULT-VALUE}).")
  private ActivationType type;

  @Option(names = "--out", paramLabel = "FILE.json", description = "The tuning file to add to (default: the one that products look in: $BITLOOM_TUNING, else tuning.json in the cache).")
  private Optional<Path> out;

  @Option(names = "--resume", description = "Keep winners that the file holds already.")
  private boolean resume;

  @Option(names = "--picture", paramLabel = "DIR", description = "Draw bandwidth over batch as bandwidth.svg and .png there (default: here).")
  private Optional<Path> picture;

  @Option(names = "--seconds", paramLabel = "N", description = "Time to search for all batches of one format and shape (default: "
      + SECONDS + ").")
  private Optional<Double> seconds;

  /** Instead of tuning. */
  static final class Checks {
    @Option(names = "--verify-exhaustive", description = "Store nothing; compare the tuner with an exhaustive search.")
    private boolean exhaustive;

    @Option(names = "--verify-untuned", description = "Store nothing; compare stored winners with what is used where nothing is stored.")
    private boolean untuned;
  }

  @ArgGroup
  private Checks checks = new Checks();

  TuneCommand(Workplace workplace) {
    this.workplace = workplace;
  }

  @Override
  public Integer call() throws IOException {
    TuneRequest request = new TuneRequest(formats, kernels.map(SelftestCommand::pattern), planes,
        shapes.stream().map(text -> ShapeBatches.parse(text, batches)).toList(), type,
        out.orElseGet(() -> TuningSources.userFile(workplace.environment(), CacheFolder.standard())),
        resume ? TuneRequest.Known.KEEP : TuneRequest.Known.TUNE_AGAIN,
        Duration.ofMillis((long) (seconds.orElse(SECONDS) * 1000)));
    if ((checks.exhaustive || checks.untuned)
        && (resume || picture.isPresent() || out.isPresent() || seconds.isPresent())) {
      throw new BadInput(
          "--resume, --picture, --out and --seconds are for tuning; checks store and draw nothing, and look at "
              + "the schedules that products use");
    }
    if (checks.exhaustive) {
      return compare(request);
    }
    return checks.untuned ? compareUntuned(request) : tune(request);
  }

  private int tune(TuneRequest request) throws IOException {
    Path drawings = drawings();
    PrintWriter printer = spec.commandLine().getOut();
    TuneProgress progress = new TuneProgress(spec.commandLine().getErr());
    TuneJob.Summary summary = new TuneJob(request, workplace).run(progress);
    printer.println(TunePrinter.HEAD);
    progress.rows().forEach(row -> printer.println(TunePrinter.text(row)));
    printer.println("on " + summary.deviceName() + "; schedules are in " + request.out());
    for (Path file : BandwidthPicture.write(drawings, summary.deviceName(), progress.rows())) {
      printer.println("picture " + file.toAbsolutePath());
    }
    summary.cublasMissing().ifPresent(why -> printer.println("cuBLAS was not measured: " + why));
    printer.flush();
    return progress.problems() == 0 ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }

  private Path drawings() throws IOException {
    try {
      return OutputFile.folder(picture.orElse(Path.of("")));
    } catch (IOException e) {
      if (picture.isPresent()) {
        throw e;
      }
      throw new BadInput("pictures go to the current folder; name another with --picture DIR: " + FileTrouble.told(e));
    }
  }

  private int compareUntuned(TuneRequest request) {
    PrintWriter printer = spec.commandLine().getOut();
    printer.println(TunePrinter.UNTUNED_HEAD);
    List<UntunedCheck.Outcome> outcomes = new UntunedCheck(request).run(outcome -> {
      printer.println(TunePrinter.text(outcome));
      printer.flush();
    });
    printer.println(TunePrinter.summary(outcomes));
    printer.flush();
    return outcomes.stream().allMatch(outcome -> outcome.untunedRatio() <= UntunedCheck.ALLOWED)
        ? ExitCode.OK
        : ExitCode.FAILURE_FOUND;
  }

  private int compare(TuneRequest request) {
    PrintWriter printer = spec.commandLine().getOut();
    List<ExhaustiveCheck.Outcome> outcomes = new ExhaustiveCheck(request).run(outcome -> {
      printer.println(TunePrinter.text(outcome));
      printer.flush();
    });
    return outcomes.stream().allMatch(ExhaustiveCheck.Outcome::passed) ? ExitCode.OK : ExitCode.FAILURE_FOUND;
  }
}
