package org.bitloom.compile;

import java.util.Set;
import java.util.stream.Collectors;

import org.bitloom.DeclarationException;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.Language;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Program;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;

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
    String more = program.formats().stream().filter(format -> Planner.unsupported(format).isEmpty())
        .map(FormatSpec::name).filter(name -> !multiplied.contains(name))
        .map(name -> kernel(name, "f16") + kernel(name, "bf16")).collect(Collectors.joining());
    if (more.isEmpty()) {
      return new Declarations(source, program);
    }
    Source extended = Source.of(source.name(), source.text() + "\n" + more);
    return new Declarations(extended, checked(extended));
  }

  private static String kernel(String format, String type) {
    return "kernel linear_%s_%s { y %s = x %s * %s }\n".formatted(format, type, type, type, format);
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
