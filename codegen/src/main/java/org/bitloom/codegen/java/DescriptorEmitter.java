package org.bitloom.codegen.java;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import javax.lang.model.element.Modifier;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.ElementInfo;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;

/** Emits the descriptor of a format: a class whose {@code format()} builds the {@link WeightFormat} that codegen holds. */
public final class DescriptorEmitter {
  private DescriptorEmitter() {
  }

  /** Name of the class-path resource, next to the class, that holds the CUDA text of a variant. */
  static String resource(KernelUnit kernel, KernelVariant variant) {
    return kernel.entry() + "." + variant.family() + ".cu";
  }

  /** The same for the text of an activation quantizer. */
  static String resource(ActivationQuantizer quantizer) {
    return quantizer.entry() + ".cu";
  }

  /**
   * The text of the descriptor class.
   *
   * @param declaration the {@code .bl} text of the format alone
   * @param packer the generated packer class
   */
  public static String emit(String packageName, String className, FormatSpec format, String declaration,
      WeightLayout layout, ClassName packer, List<KernelUnit> kernels) {
    FormatInfo info = FormatInfos.of(format, declaration);
    LayoutInfo layoutInfo = layout.info();
    CodeBlock units = kernels.stream().map(DescriptorEmitter::unit)
        .collect(CodeBlock.joining(",\n"));
    MethodSpec build = MethodSpec.methodBuilder("format").addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .returns(WeightFormat.class)
        .addJavadoc("The format: what its codes mean, how they are packed, and the kernels that multiply them.\n")
        .addStatement("$T info = new $T($S, $L, $L,$>$>\n$L,\n$T.of($L)$<$<)", FormatInfo.class, FormatInfo.class,
            info.name(), textBlock(declaration), info.codeBits(), element(info.element()), List.class,
            info.planes().stream().map(DescriptorEmitter::plane).collect(CodeBlock.joining(", ")))
        .addStatement("$T layout = $L", LayoutInfo.class, layout(layoutInfo))
        .addStatement("return new $T(info, layout, new $T(), $T.of($>$>$L$L$<$<))", WeightFormat.class, packer,
            List.class, kernels.isEmpty() ? "" : "\n", units)
        .build();
    TypeSpec.Builder type = TypeSpec.classBuilder(className).addModifiers(Modifier.PUBLIC, Modifier.FINAL)
        .addJavadoc("The format {@code $L}, ready to use. Generated from\n$L\n", info.name(),
            Javadocs.block(declaration))
        .addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build()).addMethod(build);
    if (!kernels.isEmpty()) {
      type.addMethod(text(className));
    }
    return JavaFile.builder(packageName, type.build()).indent("  ").skipJavaLangImports(true).build().toString();
  }

  /** A text block of {@code text}, whose lines do not end in blanks. */
  private static String textBlock(String text) {
    return "\"\"\"\n" + text.replace("\\", "\\\\").replace("\"\"\"", "\\\"\"\"") + "\"\"\"";
  }

  private static CodeBlock layout(LayoutInfo layout) {
    return switch (layout.rowSums()) {
      case NONE -> CodeBlock.of("new $T($L, $S)", LayoutInfo.class, layout.unitK(), layout.id());
      case STORED -> CodeBlock.of("new $T($L, $S, $T.STORED)", LayoutInfo.class, layout.unitK(), layout.id(),
          LayoutInfo.RowSums.class);
    };
  }

  private static CodeBlock unit(KernelUnit kernel) {
    CodeBlock epilogue = kernel.epilogue().stream().map(op -> CodeBlock.of("$T.$L", EpilogueOp.class, op.name()))
        .collect(CodeBlock.joining(", "));
    CodeBlock variants = kernel.variants().stream()
        .map(variant -> CodeBlock.of("new $T($S, text($S), $T.$L,\n$L$L)", KernelVariant.class, variant.family(),
            resource(kernel, variant), StreamOrder.class, variant.order().name(),
            SpaceText.expression(variant.space()),
            variant.quantizer().map(DescriptorEmitter::quantizer).orElse(CodeBlock.of(""))))
        .collect(CodeBlock.joining(",\n"));
    return CodeBlock.of("new $T($S, info, layout, $T.$L, $T.$L, $T.of($L), $T.of(\n$L))", KernelUnit.class,
        kernel.entry(), ActivationType.class, kernel.x(), ActivationType.class, kernel.y(), List.class, epilogue,
        List.class, variants);
  }

  private static CodeBlock quantizer(ActivationQuantizer quantizer) {
    return CodeBlock.of(",\n$T.of(new $T($S, text($S), new $T($T.$L, $L), $T.$L, $L, $T.$L))", Optional.class,
        ActivationQuantizer.class, quantizer.entry(), resource(quantizer), ActivationCode.class,
        ActivationCode.Encoding.class, quantizer.code().encoding(), quantizer.code().bits(), OperandForm.class,
        quantizer.form(), quantizer.run(), ActivationType.class, quantizer.x());
  }

  private static CodeBlock element(ElementInfo element) {
    return switch (element) {
      case DecodeTable table -> table(table);
      case SignPlanes signs -> CodeBlock.of("new $T($L)", SignPlanes.class, signs.count());
    };
  }

  private static CodeBlock table(DecodeTable table) {
    CodeBlock.Builder values = CodeBlock.builder().add("$T.of(", DecodeTable.class);
    for (int code = 0; code < table.size(); code++) {
      values.add(code == 0 ? "" : code % 8 == 0 ? ",\n" : ", ").add("$L", literal(table.value(code)));
    }
    return values.add(")").build();
  }

  private static String literal(float value) {
    return Float.isNaN(value) ? "Float.NaN" : value + "f";
  }

  private static CodeBlock plane(ParamPlane plane) {
    return CodeBlock.of("new $T($T.$L, $L, $L)", ParamPlane.class, ParamPlane.Role.class, plane.role(),
        type(plane.type()), grouping(plane.grouping()));
  }

  private static CodeBlock type(ParamType type) {
    return switch (type) {
      case ParamType.Float f -> CodeBlock.of("$T.$L", ParamType.Float.class, f.name());
      case ParamType.Int i ->
        CodeBlock.of("new $T($L, $T.$L)", ParamType.Int.class, i.bits(), ParamType.Int.Sign.class, i.sign());
    };
  }

  private static CodeBlock grouping(Grouping grouping) {
    return switch (grouping) {
      case Grouping.Tensor _ -> CodeBlock.of("new $T()", Grouping.Tensor.class);
      case Grouping.Row _ -> CodeBlock.of("new $T()", Grouping.Row.class);
      case Grouping.Group group -> CodeBlock.of("new $T($L)", Grouping.Group.class, group.size());
    };
  }

  private static MethodSpec text(String className) {
    return MethodSpec.methodBuilder("text").addModifiers(Modifier.PRIVATE, Modifier.STATIC).returns(String.class)
        .addParameter(String.class, "resource")
        .beginControlFlow("try ($T in = $L.class.getResourceAsStream(resource))", InputStream.class, className)
        .beginControlFlow("if (in == null)")
        .addStatement("throw new $T($S + resource)", IllegalStateException.class, className + ": no resource ")
        .endControlFlow().addStatement("return new String(in.readAllBytes(), $T.UTF_8)", StandardCharsets.class)
        .nextControlFlow("catch ($T e)", IOException.class).addStatement("throw new $T(e)", UncheckedIOException.class)
        .endControlFlow().build();
  }
}
