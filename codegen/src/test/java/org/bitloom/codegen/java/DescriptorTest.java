package org.bitloom.codegen.java;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import com.palantir.javapoet.ClassName;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.dsl.source.Span;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DescriptorTest {
  private static final String DECLARATION = """
      format f { // "quoted" \\u0041 */ $L @Override
        element float e4m3
      }
      """;

  private static final DequantMmaSpace SPACE = new DequantMmaSpace(3, 256,
      List.of(new DequantMmaSpace.GroupPlane(16, 4), new DequantMmaSpace.GroupPlane(48, 8)), 128, 4, 2, 1,
      new Bounds(8, 64), new Bounds(16, 256), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16));

  private static FormatSpec format(Codec codec) {
    return new FormatSpec("f", codec,
        List.of(new ScaleSpec(NumberType.Float.E4M3, new Granularity.PerGroup(16), Span.NONE),
            new ScaleSpec(NumberType.Float.F32, new Granularity.PerTensor(), Span.NONE)),
        Optional.of(new ScaleSpec(new NumberType.Uint(4), new Granularity.PerGroup(16), Span.NONE)),
        Optional.of(new ScaleSpec(NumberType.Float.BF16, new Granularity.PerRow(), Span.NONE)), Span.NONE);
  }

  @Test
  void compiledDescriptorBuildsTheValuesOfTheCompiler(@TempDir Path folder) throws Exception {
    for (Codec codec : List.of(new FloatCodec(4, 3, Specials.FN, 7), new UintCodec(3))) {
      FormatSpec format = format(codec);
      WeightLayout layout = WeightLayout.of(codec);
      Path source = Files.createDirectories(folder.resolve(codec.bits() + "/shipped"));
      FormatInfo info = FormatInfos.of(format, DECLARATION);
      KernelUnit unit = new KernelUnit("entry", info, layout.info(), ActivationType.F16, ActivationType.BF16,
          List.of(EpilogueOp.BIAS, EpilogueOp.GELU),
          List.of(new KernelVariant("family", "// text", StreamOrder.KERNEL, SPACE)));
      Files.writeString(source.resolve("F.java"), DescriptorEmitter.emit("shipped", "F", format, DECLARATION, layout,
          ClassName.get("shipped", "FPacker"), List.of(unit, unit)));
      Files.writeString(source.resolve("FPacker.java"),
          PackerEmitter.emit("shipped", "FPacker", format, DECLARATION, layout));
      Files.writeString(source.resolve("entry.family.cu"), "// text");
      WeightFormat built = compile(source);

      assertEquals(info, built.info());
      assertEquals(layout.info(), built.layout());
      assertEquals("shipped.FPacker", built.packer().getClass().getName());
      assertEquals(List.of(unit, unit), built.kernels());

      Files.delete(source.resolve("entry.family.cu"));
      InvocationTargetException missing = assertThrows(InvocationTargetException.class, () -> compile(source));
      assertEquals("F: no resource entry.family.cu", missing.getCause().getMessage());
    }
  }

  private static WeightFormat compile(Path folder) throws IOException, ReflectiveOperationException {
    assertEquals(0,
        ToolProvider.getSystemJavaCompiler().run(null, null, null, "-Xlint:all", "-Werror", "-proc:none", "-cp",
            System.getProperty("java.class.path"), folder.resolve("F.java").toString(),
            folder.resolve("FPacker.java").toString()));
    try (URLClassLoader loader = new URLClassLoader(new URL[]{folder.getParent().toUri().toURL()})) {
      return (WeightFormat) loader.loadClass("shipped.F").getMethod("format").invoke(null);
    }
  }

  @Test
  void formatInfoListsScalesThenZeroThenOffset() {
    FormatInfo info = FormatInfos.of(format(new UintCodec(3)), "text");
    assertEquals(List.of(new ParamPlane(Role.SCALE, ParamType.Float.E4M3, new Grouping.Group(16)),
        new ParamPlane(Role.SCALE, ParamType.Float.F32, new Grouping.Tensor()),
        new ParamPlane(Role.ZERO, new ParamType.Int(4, ParamType.Int.Sign.UNSIGNED), new Grouping.Group(16)),
        new ParamPlane(Role.OFFSET, ParamType.Float.BF16, new Grouping.Row())), info.planes());
    assertEquals(7, info.table().value(7));
  }

  @Test
  void binaryFormatsHaveAScalePlaneForEachSign() {
    ScaleSpec scale = new ScaleSpec(NumberType.Float.BF16, new Granularity.PerGroup(64), Span.NONE);
    FormatSpec spec = new FormatSpec("b", new BinaryCodec(3), List.of(scale), Optional.empty(), Optional.of(scale),
        Span.NONE);
    FormatInfo info = FormatInfos.of(spec, "text");
    assertEquals(new SignPlanes(3), info.element());
    ParamPlane plane = new ParamPlane(Role.SCALE, ParamType.Float.BF16, new Grouping.Group(64));
    assertEquals(List.of(plane, plane, plane, new ParamPlane(Role.OFFSET, plane.type(), plane.grouping())),
        info.planes());
    assertThrows(IllegalStateException.class, info::table);
  }

  @Test
  void declarationsCannotEndTheCommentTheyStandIn() {
    String text = PackerEmitter.emit("p", "P", format(new UintCodec(3)), "*/ class X {} /* \\u002a/ @Deprecated",
        WeightLayout.of(new UintCodec(3)));
    String comment = text.substring(text.indexOf("/**"), text.indexOf("*/"));
    assertTrue(comment.contains("class X"), comment);
    assertTrue(text.indexOf("class X") < text.indexOf("*/"));
    assertFalse(comment.contains("\\u"));
    assertTrue(
        Stream.of(text.split("\n")).filter(line -> line.contains("class X")).allMatch(line -> line.startsWith(" *")));
  }
}
