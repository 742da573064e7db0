package org.bitloom.cli;

import java.util.OptionalInt;
import java.util.stream.Collectors;

import org.bitloom.job.RunReport;

/** Shows a run to a person or to a program. */
final class RunPrinter {
  private RunPrinter() {
  }

  static String json(RunReport report) {
    RunReport.Speed speed = report.speed();
    return new JsonObject()
        .text("format", report.format())
        .text("device", report.device())
        .number("n", report.n())
        .number("k", report.k())
        .number("m", report.m())
        .number("bits_per_weight", report.bitsPerWeight())
        .number("quant_rel_error", report.quantError())
        .number("rel_error", report.outputError())
        .number("registers",
            report.shown().map(target -> OptionalInt.of(target.registers())).orElse(OptionalInt.empty()))
        .number("spill_bytes",
            report.shown().map(target -> OptionalInt.of(target.spillBytes())).orElse(OptionalInt.empty()))
        .number("us", speed.us())
        .number("floor_us", speed.floorUs())
        .number("cublas_us", speed.cublasUs())
        .number("nvrtc_compilations", report.compilations())
        .toString();
  }

  static String text(RunReport report) {
    StringBuilder out = new StringBuilder();
    out.append(report.declaration().strip()).append("\n\n");
    line(out, "weights", "%s, %d x %d".formatted(report.weights(), report.n(), report.k()));
    line(out, "quantized",
        "%.3f bits per weight, relative error %.4f".formatted(report.bitsPerWeight(), report.quantError()));
    line(out, "packed", "%,d bytes".formatted(report.speed().bytes()));
    if (report.kernel().isEmpty()) {
      line(out, "kernel", "none: no kernel family runs this format yet");
    } else {
      line(out, "kernel",
          "%s%s%s".formatted(report.kernel(), report.schedule().isEmpty() ? "" : ", schedule " + report.schedule(),
              report.scheduleOrigin().isEmpty() ? "" : " (" + report.scheduleOrigin() + ")"));
      line(out, "compiled", compiled(report));
    }
    line(out, "product", "batch %d on %s (%s)".formatted(report.m(), report.deviceName(), report.device()));
    line(out, "output", "relative error %.2e against float64, %s %.0e".formatted(report.outputError(),
        report.passed() ? "within" : "MORE THAN", report.tolerance()));
    time(out, report);
    return out.toString().stripTrailing();
  }

  private static void time(StringBuilder out, RunReport report) {
    RunReport.Speed speed = report.speed();
    speed.us().ifPresent(us -> line(out, "time", "%.2f us".formatted(us)));
    speed.floorUs()
        .ifPresent(floor -> line(out, "read floor", "%.2f us: the kernel reaches %.0f %% of the speed of reading"
            .formatted(floor, 100 * floor / speed.us().orElseThrow())));
    speed.cublasUs()
        .ifPresent(cublas -> line(out, "cuBLAS", "%.2f us with 16-bit weights: the kernel is %.2f times as fast"
            .formatted(cublas, cublas / speed.us().orElseThrow())));
    speed.cublasMissing().ifPresent(why -> line(out, "cuBLAS", "not measured: %s".formatted(why)));
  }

  private static String compiled(RunReport report) {
    String targets = report.compiled().stream()
        .map(target -> "%s %d registers, %s".formatted(target.arch(), target.registers(),
            target.spillBytes() == 0 ? "no spills" : target.spillBytes() + " BYTES SPILLED"))
        .collect(Collectors.joining("; "));
    return targets + (report.compilations() == 0
        ? " (all from the cache)"
        : " (%d NVRTC call%s)".formatted(report.compilations(), report.compilations() == 1 ? "" : "s"));
  }

  private static void line(StringBuilder out, String label, String text) {
    out.append("%-11s".formatted(label)).append(text).append('\n');
  }
}
