package org.bitloom.compile;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.bitloom.DeclarationException;
import org.bitloom.codegen.KernelGenerator;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.source.Spelling;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.KernelVariant;

/** Prints what one stage of the compiler makes of a text. */
public final class Explainer {
  private final Declarations declarations;
  private final FormatCompiler compiler;

  private Explainer(Declarations declarations) {
    this.declarations = declarations;
    this.compiler = new FormatCompiler(declarations);
  }

  /**
   * An explainer of a text.
   *
   * @throws org.bitloom.DeclarationException if the text has errors
   */
  public static Explainer of(Source source) {
    return new Explainer(Declarations.read(source));
  }

  /** Names of the text's kernels. */
  public List<String> kernels() {
    return declarations.program().kernels().stream().map(KernelSpec::name).toList();
  }

  /**
   * What {@code stage} makes of the text.
   *
   * @param kernel name of the kernel to explain; without, the first one
   * @throws org.bitloom.DeclarationException if no family can run the kernel
   * @throws IllegalArgumentException if the text has no such kernel
   */
  public String explain(ExplainedStage stage, Optional<String> kernel) {
    return switch (stage) {
      case SYNTAX -> Printer.print(declarations.program());
      case MODEL -> model();
      case PLAN -> compiler.plan(kernel(kernel)).toString();
      case LAYOUT -> WeightLayout.of(format(kernel).codec()).toString();
      case IR -> ir(compiler.plan(kernel(kernel)));
      case CUDA -> compiler.unit(kernel(kernel)).variants().stream().map(KernelVariant::cuda)
          .collect(Collectors.joining("\n"));
      case JAVA -> FormatCompiler.packerSource(format(kernel)).text();
    };
  }

  private static String ir(KernelPlan plan) {
    return plan.families().stream()
        .map(family -> "// family " + family.family() + "\n" + KernelGenerator.lower(plan, family))
        .collect(Collectors.joining("\n"));
  }

  private String model() {
    return declarations.program().formats().stream().map(FormatSpec::toString).collect(Collectors.joining("\n")) + "\n"
        + declarations.program().kernels().stream().map(KernelSpec::toString).collect(Collectors.joining("\n"));
  }

  /** The format of the kernel called {@code name}; without a name, the first of all. */
  private FormatSpec format(Optional<String> name) {
    return name.isEmpty() ? firstFormat() : kernel(name).weights();
  }

  private FormatSpec firstFormat() {
    return declarations.program().formats().stream().findFirst().orElseThrow(
        () -> new IllegalArgumentException(declarations.source().name() + " declares no format"));
  }

  private KernelSpec kernel(Optional<String> name) {
    if (name.isEmpty()) {
      return declarations.program().kernels().stream().findFirst().orElseThrow(this::noKernel);
    }
    return declarations.program().kernels().stream().filter(spec -> spec.name().equals(name.get())).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no kernel '" + name.get() + "'."
            + Spelling.closest(name.get(), kernels()).map(close -> " Did you mean '" + close + "'?").orElse("")
            + " There is: " + String.join(", ", kernels())));
  }

  private DeclarationException noKernel() {
    FormatSpec format = firstFormat();
    return declarations.refusal(Diagnostic.error(format.span(),
        "no kernel family runs " + format.name() + " yet: " + Planner.unsupported(format).orElseThrow()));
  }
}
