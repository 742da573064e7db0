package org.bitloom.compile;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.bitloom.DeclarationException;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.Language;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Span;

/** A checked {@code .bl} text in which every format has a kernel, unless no kernel family can run it. */
public record Declarations(Source source, Program program) {
  /**
   * Reads a text. A format that some family can run, and no kernel of the text multiplies, gets two kernels without epilogue, {@code linear_NAME_f16} and
   * {@code linear_NAME_bf16}, declared at the text's end.
   *
   * @throws DeclarationException with all errors of the text
   */
  public static Declarations read(Source source) {
    Program program = checked(source);
    Set<String> multiplied = program.kernels().stream().map(kernel -> kernel.weights().name())
        .collect(Collectors.toSet());
    List<FormatSpec> alone = program.formats().stream().filter(format -> Planner.unsupported(format).isEmpty())
        .filter(format -> !multiplied.contains(format.name())).toList();
    if (alone.isEmpty()) {
      return new Declarations(source, program);
    }
    Source extended = extended(source, alone.stream().map(Declarations::kernels).collect(Collectors.joining()));
    Language.Checked checked = Language.compile(extended);
    if (!checked.isOk()) {
      throw new DeclarationException(alone.stream().flatMap(format -> refusals(source, format).stream())
          .collect(Collectors.joining("\n")));
    }
    return new Declarations(extended, checked.program());
  }

  private static Source extended(Source source, String more) {
    return Source.of(source.name(), source.text() + "\n" + more);
  }

  private static String kernels(FormatSpec format) {
    return kernel(format.name(), "f16") + kernel(format.name(), "bf16");
  }

  private static String kernel(String format, String type) {
    return "kernel %s { y %s = x %s * %s }\n".formatted(kernelName(format, type), type, type, format);
  }

  private static String kernelName(String format, String type) {
    return "linear_" + format + "_" + type;
  }

  /** What keeps the kernels of {@code format} from being declared, told at its name: the text does not hold their lines. */
  private static Optional<String> refusals(Source source, FormatSpec format) {
    int start = source.text().indexOf(format.name(), format.span().start() + "format".length());
    Span name = new Span(start, start + format.name().length());
    return Language.compile(extended(source, kernels(format))).diagnostics().stream().findFirst()
        .map(wrong -> Diagnostic.error(name,
            "this format needs a kernel '" + kernelName(format.name(), "f16") + "' and one of bf16, but "
                + wrong.message())
            .expecting("another name, or a kernel in this text that multiplies the format")
            .render(source));
  }

  private static Program checked(Source source) {
    Language.Checked checked = Language.compile(source);
    if (!checked.isOk()) {
      throw new DeclarationException(checked.report().strip());
    }
    return checked.program();
  }

  /** The exception for something that is right in the language but cannot be generated. */
  DeclarationException refusal(Diagnostic diagnostic) {
    return new DeclarationException(diagnostic.render(source));
  }
}
