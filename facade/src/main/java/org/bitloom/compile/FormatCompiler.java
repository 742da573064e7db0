package org.bitloom.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.bitloom.DeclarationException;
import org.bitloom.codegen.KernelGenerator;
import org.bitloom.codegen.java.LayoutPacker;
import org.bitloom.codegen.java.PackerCompiler;
import org.bitloom.codegen.java.PackerEmitter;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.codegen.plan.PlanResult.Unsupported;
import org.bitloom.codegen.plan.Planner;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.source.Source;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;

/** Turns declarations into formats that run: plans and generates kernels, and compiles packers in memory. */
public final class FormatCompiler {
  private static final String PACKAGE = "org.bitloom.declared";

  private final Declarations declarations;

  FormatCompiler(Declarations declarations) {
    this.declarations = declarations;
  }

  /**
   * All formats of a text, with their kernels. A format that no family can run has none; it can be quantized, packed, and
   * decoded on the CPU.
   *
   * @throws DeclarationException if the text has errors, or a kernel that no family can run
   */
  public static List<WeightFormat> compile(Source source) {
    return new FormatCompiler(Declarations.read(source)).formats();
  }

  private List<WeightFormat> formats() {
    List<FormatSpec> specs = declarations.program().formats();
    List<KernelUnit> units = declarations.program().kernels().stream().map(this::unit).toList();
    List<CodePacker> packers = packers(specs);
    return IntStream.range(0, specs.size())
        .mapToObj(i -> new WeightFormat(FormatInfos.of(specs.get(i), Printer.print(specs.get(i))),
            WeightLayout.of(specs.get(i).codec()).info(), packers.get(i),
            units.stream().filter(unit -> unit.format().name().equals(specs.get(i).name())).toList()))
        .toList();
  }

  /** The kernel, generated. */
  KernelUnit unit(KernelSpec kernel) {
    String origin = declarations.source().name() + ":" + declarations.source().line(kernel.span().start());
    return KernelGenerator.generate(plan(kernel), origin);
  }

  /** The plan of a kernel. */
  KernelPlan plan(KernelSpec kernel) {
    return Planner.plan(kernel, FormatInfos.of(kernel.weights(), Printer.print(kernel.weights())))
        .orElseThrow(this::refusal);
  }

  private DeclarationException refusal(Unsupported unsupported) {
    return declarations.refusal(Diagnostic.error(unsupported.span(), unsupported.reason()));
  }

  private static List<CodePacker> packers(List<FormatSpec> specs) {
    List<PackerCompiler.Source> sources = new ArrayList<>();
    for (FormatSpec spec : specs) {
      sources.add(packerSource(spec));
    }
    Optional<List<CodePacker>> compiled = PackerCompiler.compile(sources);
    return compiled.orElseGet(() -> specs.stream()
        .<CodePacker>map(spec -> new LayoutPacker(spec, WeightLayout.of(spec.codec()))).toList());
  }

  /** The packer class of a format; its name is a checked identifier of the language. */
  static PackerCompiler.Source packerSource(FormatSpec spec) {
    String className = "Packer_" + spec.name();
    return new PackerCompiler.Source(PACKAGE + "." + className,
        PackerEmitter.emit(PACKAGE, className, spec, Printer.print(spec), WeightLayout.of(spec.codec())));
  }
}
