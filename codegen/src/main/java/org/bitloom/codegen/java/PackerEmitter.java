package org.bitloom.codegen.java;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import javax.lang.model.element.Modifier;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import org.bitloom.codegen.java.CodeSet.Legal;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.LayoutInfo;

/**
 * Emits the packer of one format: a self-contained class whose loops walk fragment tiles and packing units, and whose heart
 * moves 8 codes (one pair for each of 4 lanes) at a time between natural order and the words of the lanes.
 */
public final class PackerEmitter {
  private final FormatSpec format;
  private final WeightLayout layout;
  private final CodeSet codeSet;
  private final RowsEmitter rows;

  private PackerEmitter(FormatSpec format, WeightLayout layout) {
    this.format = format;
    this.layout = layout;
    this.codeSet = CodeSet.of(format.codec());
    this.rows = new RowsEmitter(layout, codeSet);
  }

  /**
   * The text of the packer class.
   *
   * @param declaration the {@code .bl} text of the format, for the class comment
   */
  public static String emit(String packageName, String className, FormatSpec format, String declaration,
      WeightLayout layout) {
    TypeSpec type = new PackerEmitter(format, layout).type(className, declaration);
    return JavaFile.builder(packageName, type).indent("  ").skipJavaLangImports(true).build().toString();
  }

  private TypeSpec type(String className, String declaration) {
    TypeSpec.Builder type = TypeSpec.classBuilder(className).addModifiers(Modifier.PUBLIC, Modifier.FINAL)
        .addSuperinterface(CodePacker.class)
        .addJavadoc("Packs and unpacks the codes of {@code $L}. Generated from\n$L\nWhere each bit lies:\n$L\n",
            format.name(), Javadocs.block(declaration), Javadocs.block(layout.toString()))
        .addFields(constants()).addMethod(pack()).addMethod(unpack());
    if (inPlanes()) {
      type.addMethod(packPlanes()).addMethod(unpackPlanes());
    }
    return type.addMethod(packUnit()).addMethod(unpackUnit()).addMethod(rows.packRows()).addMethod(rows.unpackRows())
        .addMethod(rows.store()).addMethod(rows.load()).addMethods(signWords()).addMethod(copyIn()).addMethod(copyOut())
        .addMethod(refusal())
        .addMethod(isCode()).build();
  }

  private boolean inPlanes() {
    return layout.planes() > 1;
  }

  private List<MethodSpec> signWords() {
    return layout.ofRows()
        ? List.of(SignWordsEmitter.share(), SignWordsEmitter.cellWord(), SignWordsEmitter.turned(),
            SignWordsEmitter.exchanged())
        : List.of();
  }

  private List<FieldSpec> constants() {
    List<FieldSpec> constants = new ArrayList<>(List.of(
        constant(ValueLayout.OfLong.class, "CODES",
            CodeBlock.of("$T.JAVA_LONG_UNALIGNED.withOrder($T.LITTLE_ENDIAN)", ValueLayout.class, ByteOrder.class)),
        constant(ValueLayout.OfInt.class, "WORD",
            CodeBlock.of("$T.JAVA_INT_UNALIGNED.withOrder($T.LITTLE_ENDIAN)", ValueLayout.class, ByteOrder.class)),
        constant(int.class, "ROWS", CodeBlock.of("$L", LayoutInfo.TILE_ROWS)),
        constant(int.class, "CELL_K", CodeBlock.of("$L", layout.unitK() / layout.cells())),
        constant(int.class, "UNIT_K", CodeBlock.of("$L", layout.unitK())),
        constant(int.class, "UNIT_BYTES", CodeBlock.of("$L", layout.unitBytes())),
        constant(int.class, "LANE_WORDS", CodeBlock.of("$L", layout.laneWords())),
        constant(int.class, "CELL_WORDS", CodeBlock.of("$L", layout.bits())),
        constant(byte.class, "PAD", CodeBlock.of("(byte) $L", codeSet.pad()))));
    if (inPlanes()) {
      constants.add(constant(int.class, "PLANES", CodeBlock.of("$L", layout.planes())));
    }
    return constants;
  }

  private static FieldSpec constant(Class<?> type, String name, CodeBlock value) {
    return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL).initializer(value).build();
  }

  private MethodSpec.Builder walk(String name, String from, String to) {
    MethodSpec.Builder method = MethodSpec.methodBuilder(name).addAnnotation(Override.class)
        .addModifiers(Modifier.PUBLIC)
        .addParameter(MemorySegment.class, from).addParameter(int.class, "n").addParameter(int.class, "k")
        .addParameter(MemorySegment.class, to).addParameter(int.class, "firstTile").addParameter(int.class, "endTile")
        .addStatement("$T.checkFromToIndex(firstTile, endTile, Math.ceilDiv(n, ROWS))", Objects.class)
        .addStatement("int units = Math.ceilDiv(k, UNIT_K)");
    if (inPlanes()) {
      method.addStatement("long planeBytes = (long) Math.ceilDiv(n, ROWS) * units * UNIT_BYTES");
    }
    return method.beginControlFlow("try ($T arena = $T.ofConfined())",
        Arena.class, Arena.class)
        .addStatement("$T edge = arena.allocate((long) ROWS * UNIT_K, 8)", MemorySegment.class)
        .beginControlFlow("for (int tile = firstTile; tile < endTile; tile++)")
        .beginControlFlow("for (int unit = 0; unit < units; unit++)").addStatement("int row = ROWS * tile")
        .addStatement("int column = UNIT_K * unit")
        .addStatement("long at = ((long) tile * units + unit) * UNIT_BYTES")
        .addStatement("boolean whole = row + ROWS <= n && column + UNIT_K <= k");
  }

  /** The method that moves all of a unit, with the end of its arguments. */
  private String call(String verb, String arguments) {
    return inPlanes() ? verb + "Planes(" + arguments + ", planeBytes)" : verb + "Unit(" + arguments + ")";
  }

  private MethodSpec pack() {
    return walk("pack", "codes", "packed").addStatement("long bad").beginControlFlow("if (whole)")
        .addStatement("bad = $L", call("pack", "codes, (long) row * k + column, k, packed, at")).nextControlFlow("else")
        .addStatement("copyIn(codes, n, k, row, column, edge)")
        .addStatement("bad = $L", call("pack", "edge, 0, UNIT_K, packed, at")).endControlFlow()
        .beginControlFlow("if (bad != 0)").addStatement("throw refusal(codes, n, k, row, column)").endControlFlow()
        .endControlFlow().endControlFlow().endControlFlow().build();
  }

  private MethodSpec unpack() {
    return walk("unpack", "packed", "codes").beginControlFlow("if (whole)")
        .addStatement("$L", call("unpack", "codes, (long) row * k + column, k, packed, at")).nextControlFlow("else")
        .addStatement("$L", call("unpack", "edge, 0, UNIT_K, packed, at"))
        .addStatement("copyOut(edge, n, k, row, column, codes)")
        .endControlFlow().endControlFlow().endControlFlow().endControlFlow().build();
  }

  private static MethodSpec packPlanes() {
    return planes("packPlanes", "Packs one unit of every plane. Returns 0 unless a code is bad.\n").returns(long.class)
        .addStatement("long bad = 0").beginControlFlow("for (int plane = 0; plane < PLANES; plane++)")
        .addStatement("bad |= packUnit(codes, start, stride, packed, at + plane * planeBytes, $L << plane)",
            RowsEmitter.hex(RowsEmitter.BYTES))
        .endControlFlow().addStatement("return bad").build();
  }

  private static MethodSpec unpackPlanes() {
    return planes("unpackPlanes", "Unpacks one unit of every plane.\n")
        .beginControlFlow("for (int plane = 0; plane < PLANES; plane++)")
        .addStatement("unpackUnit(codes, start, stride, packed, at + plane * planeBytes, $L << plane)",
            RowsEmitter.hex(RowsEmitter.BYTES))
        .endControlFlow().build();
  }

  private static MethodSpec.Builder planes(String name, String doc) {
    return unitParameters(MethodSpec.methodBuilder(name).addJavadoc(doc)).addParameter(long.class, "planeBytes");
  }

  private MethodSpec packUnit() {
    MethodSpec.Builder method = unit("packUnit", "Packs one unit. Returns 0 unless a code is bad.\n")
        .returns(long.class)
        .addStatement("long bad = 0").beginControlFlow("for (int word = 0; word < LANE_WORDS; word += CELL_WORDS)")
        .addStatement("long cell = start + (long) CELL_K * (word / CELL_WORDS)")
        .beginControlFlow("for (int g = 0; g < 8; g++)")
        .addStatement(
            "bad |= packRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word$L)",
            inPlanes() ? ", plane" : "")
        .endControlFlow().endControlFlow();
    if (layout.ofRows()) {
      method.addStatement("share(packed, at, $L)", SignWordsEmitter.turn(inPlanes()));
    }
    return method.addStatement("return bad").build();
  }

  private MethodSpec unpackUnit() {
    return unit("unpackUnit", "Unpacks one unit.\n")
        .beginControlFlow("for (int word = 0; word < LANE_WORDS; word += CELL_WORDS)")
        .addStatement("long cell = start + (long) CELL_K * (word / CELL_WORDS)")
        .beginControlFlow("for (int g = 0; g < 8; g++)")
        .addStatement("unpackRows(codes, cell + g * stride, cell + (g + 8) * stride, packed, at + 64L * g, word$L)",
            inPlanes() ? ", plane" : "")
        .endControlFlow().endControlFlow().build();
  }

  private MethodSpec.Builder unit(String name, String doc) {
    return unitParameters(MethodSpec.methodBuilder(name)
        .addJavadoc(doc + "Rows g and g + 8 of a cell belong to lanes 4g to 4g + 3, 16 bytes apart.\n"))
        .addParameters(inPlanes() ? List.of(RowsEmitter.PLANE) : List.of());
  }

  private static MethodSpec.Builder unitParameters(MethodSpec.Builder method) {
    return method.addModifiers(Modifier.PRIVATE, Modifier.STATIC).addParameter(MemorySegment.class, "codes")
        .addParameter(long.class, "start").addParameter(long.class, "stride")
        .addParameter(MemorySegment.class, "packed").addParameter(long.class, "at");
  }

  private static MethodSpec copyIn() {
    return edge("copyIn", "codes", "edge").addStatement("edge.fill(PAD)")
        .beginControlFlow("for (int r = row; r < Math.min(row + ROWS, n); r++)")
        .addStatement(
            "$T.copy(codes, (long) r * k + column, edge, (long) (r - row) * UNIT_K, Math.min(UNIT_K, k - column))",
            MemorySegment.class)
        .endControlFlow().build();
  }

  private static MethodSpec copyOut() {
    return edge("copyOut", "edge", "codes").beginControlFlow("for (int r = row; r < Math.min(row + ROWS, n); r++)")
        .addStatement(
            "$T.copy(edge, (long) (r - row) * UNIT_K, codes, (long) r * k + column, Math.min(UNIT_K, k - column))",
            MemorySegment.class)
        .endControlFlow().build();
  }

  private static MethodSpec.Builder edge(String name, String from, String to) {
    return MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(MemorySegment.class, from).addParameter(int.class, "n").addParameter(int.class, "k")
        .addParameter(int.class, "row").addParameter(int.class, "column").addParameter(MemorySegment.class, to);
  }

  private MethodSpec refusal() {
    return MethodSpec.methodBuilder("refusal").addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .returns(IllegalArgumentException.class).addParameter(MemorySegment.class, "codes").addParameter(int.class, "n")
        .addParameter(int.class, "k").addParameter(int.class, "row").addParameter(int.class, "column")
        .beginControlFlow("for (int r = row; r < Math.min(row + ROWS, n); r++)")
        .beginControlFlow("for (int c = column; c < Math.min(column + UNIT_K, k); c++)")
        .addStatement("int code = codes.get($T.JAVA_BYTE, (long) r * k + c) & 0xff", ValueLayout.class)
        .beginControlFlow("if (!isCode(code))")
        .addStatement("return new $T($S + code + $S + r + $S + c + $S)", IllegalArgumentException.class,
            format.name() + ": code ", " at row ", ", column ", " stands for no weight")
        .endControlFlow().endControlFlow().endControlFlow()
        .addStatement("throw new $T($S)", IllegalStateException.class, "the codes changed while they were packed")
        .build();
  }

  private MethodSpec isCode() {
    CodeBlock legal = switch (codeSet.legal()) {
      case Legal.All _ -> CodeBlock.of("code < $L", 1 << codeSet.bits());
      case Legal.Below below -> CodeBlock.of("code < $L", below.count());
      case Legal.MagnitudeBelow m ->
        CodeBlock.of("code < $L && (code & $L) < $L", 1 << codeSet.bits(), m.mask(), m.count());
    };
    return MethodSpec.methodBuilder("isCode").addModifiers(Modifier.PRIVATE, Modifier.STATIC).returns(boolean.class)
        .addParameter(int.class, "code").addStatement("return $L", legal).build();
  }
}
