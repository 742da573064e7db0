package org.bitloom.codegen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.bitloom.codegen.java.FormatFiles;
import org.bitloom.codegen.java.GeneratedFile;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.Language;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.KernelUnit;

/** The declarations of module generated-kernels, and what this generator makes of them. */
final class ShippedSources {
  static final Path MODULE = Path.of("..", "generated-kernels");
  private static final String PACKAGE = "org.bitloom.generated";

  private ShippedSources() {
  }

  /** A format and its kernels. */
  record Shipped(FormatSpec format, List<KernelUnit> kernels) {
  }

  static List<Shipped> all() {
    try (Stream<Path> files = Files.list(MODULE.resolve("src/main/bl"))) {
      return files.filter(file -> file.toString().endsWith(".bl")).map(ShippedSources::read)
          .sorted(Comparator.comparing(shipped -> shipped.format().name())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every file that is generated from the declarations. */
  static List<GeneratedFile> files(List<Shipped> all) {
    FormatFiles texts = new FormatFiles(PACKAGE);
    List<GeneratedFile> files = new ArrayList<>();
    all.forEach(shipped -> files.addAll(texts.of(shipped.format(), shipped.kernels())));
    files.add(texts.index(all.stream().map(Shipped::format).toList()));
    return files;
  }

  private static Shipped read(Path file) {
    try {
      Source source = Source.of(file.getFileName().toString(), Files.readString(file));
      Language.Checked checked = Language.compile(source);
      if (!checked.isOk() || checked.program().formats().size() != 1) {
        throw new IllegalStateException(file + " is no shipped format:\n" + checked.report());
      }
      FormatSpec format = checked.program().formats().getFirst();
      List<KernelUnit> kernels = checked.program().kernels().stream().map(kernel -> KernelGenerator.generate(
          Planner.plan(kernel, FormatInfos.of(format, Printer.print(format)))
              .orElseThrow(unsupported -> new IllegalStateException(file + ": " + unsupported.reason())),
          source.name() + ":" + source.line(kernel.span().start()))).toList();
      return new Shipped(format, kernels);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
