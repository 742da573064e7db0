package org.bitloom.codegen.java;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import javax.lang.model.element.Modifier;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import org.bitloom.codegen.java.GeneratedFile.Root;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.syntax.Printer;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.WeightFormat;

/** All generated texts of formats: descriptor, packer and kernels of each, and an index of them all. */
public final class FormatFiles {
  private final String packageName;

  /** Files of Java package {@code packageName}; kernel texts lie in the folder of the package, as resources. */
  public FormatFiles(String packageName) {
    this.packageName = packageName;
  }

  /** The files of one format. */
  public List<GeneratedFile> of(FormatSpec format, List<KernelUnit> kernels) {
    String name = className(format.name());
    ClassName packer = ClassName.get(packageName, name + "Packer");
    String declaration = Printer.print(format);
    WeightLayout layout = WeightLayout.of(format.codec());
    List<GeneratedFile> files = new ArrayList<>();
    files.add(java(packer.simpleName(),
        PackerEmitter.emit(packageName, packer.simpleName(), format, declaration, layout)));
    files.add(java(name, DescriptorEmitter.emit(packageName, name, format, declaration, layout, packer, kernels)));
    for (KernelUnit kernel : kernels) {
      for (KernelVariant variant : kernel.variants()) {
        files.add(new GeneratedFile(Root.RESOURCES, folder() + DescriptorEmitter.resource(kernel, variant),
            variant.cuda()));
        variant.quantizer().ifPresent(quantizer -> files.add(
            new GeneratedFile(Root.RESOURCES, folder() + DescriptorEmitter.resource(quantizer), quantizer.cuda())));
      }
    }
    return files;
  }

  /** The class {@code Formats} with {@code all()}. */
  public GeneratedFile index(List<FormatSpec> formats) {
    CodeBlock all = formats.stream()
        .map(format -> CodeBlock.of("$T.format()", ClassName.get(packageName, className(format.name()))))
        .collect(CodeBlock.joining(",\n"));
    MethodSpec method = MethodSpec.methodBuilder("all").addModifiers(Modifier.PUBLIC, Modifier.STATIC)
        .returns(ParameterizedTypeName.get(List.class, WeightFormat.class))
        .addJavadoc("All shipped formats, in the order of their names.\n")
        .addStatement("return $T.of($>$>\n$L$<$<)", List.class, all).build();
    TypeSpec type = TypeSpec.classBuilder("Formats").addModifiers(Modifier.PUBLIC, Modifier.FINAL)
        .addJavadoc("The index of all shipped formats. Generated.\n")
        .addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build()).addMethod(method).build();
    return java("Formats",
        JavaFile.builder(packageName, type).indent("  ").skipJavaLangImports(true).build().toString());
  }

  /** {@code fp6_e3m2} becomes {@code Fp6E3m2}. */
  private static String className(String format) {
    return List.of(format.split("_")).stream().filter(part -> !part.isEmpty())
        .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1)).collect(Collectors.joining());
  }

  private GeneratedFile java(String className, String text) {
    return new GeneratedFile(Root.JAVA, folder() + className + ".java", text);
  }

  private String folder() {
    return packageName.replace('.', '/') + "/";
  }
}
