package org.bitloom.codegen.java;

import java.lang.foreign.MemorySegment;

import javax.lang.model.element.Modifier;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import org.bitloom.codegen.layout.SignLayout;

/** Emits how a lane's words of two cells become words of two rows, turned as their plane is, and how they are read again. */
final class SignWordsEmitter {
  private static final long FIRST_CELL = Integer.toUnsignedLong(SignLayout.FIRST_CELL);
  private static final long SECOND_CELL = Integer.toUnsignedLong(~SignLayout.FIRST_CELL);

  private SignWordsEmitter() {
  }

  /** The bits by which words are turned, of the parameter {@code plane} or of the only plane. */
  static CodeBlock turn(boolean inPlanes) {
    return inPlanes
        ? CodeBlock.of("$T.numberOfTrailingZeros(plane) % $L", Long.class, SignLayout.TURNS)
        : CodeBlock.of("0");
  }

  /** All words of a unit. */
  static MethodSpec share() {
    return MethodSpec.methodBuilder("share")
        .addJavadoc("Words of cells become words of rows: two neighbours exchange half bytes and are turned left.\n")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC).addParameter(MemorySegment.class, "packed")
        .addParameter(long.class, "at").addParameter(int.class, "turn")
        .beginControlFlow("for (long lane = at; lane < at + UNIT_BYTES; lane += 8)")
        .addStatement("packed.set(CODES, lane, turned(exchanged(packed.get(CODES, lane)), turn))").endControlFlow()
        .build();
  }

  /** One word of a cell. */
  static MethodSpec cellWord() {
    return MethodSpec.methodBuilder("cellWord")
        .addJavadoc("The first or the second of the words of cells at {@code at}.\n")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC).returns(long.class).addParameter(MemorySegment.class, "packed")
        .addParameter(long.class, "at").addParameter(int.class, "second").addParameter(int.class, "turn")
        .addStatement("return exchanged(turned(packed.get(CODES, at), -turn)) >>> 32 * second & 0xffff_ffffL").build();
  }

  /** Two words side by side, each turned. */
  static MethodSpec turned() {
    return words("turned", "Both words turned left.\n", ParameterSpec.builder(TypeName.INT, "bits").build())
        .addStatement("return $1T.toUnsignedLong($1T.rotateLeft((int) words, bits))"
            + "\n| (long) $1T.rotateLeft((int) (words >>> 32), bits) << 32", Integer.class)
        .build();
  }

  /** Words of cells to words of rows, and back. */
  static MethodSpec exchanged() {
    return words("exchanged",
        "The second half bytes of the first word change places with the first ones of the second.\n")
        .addStatement("return words & $L\n| (words & $L) << $L\n| (words & $L) >>> $L",
            RowsEmitter.hex(FIRST_CELL | SECOND_CELL << Integer.SIZE), RowsEmitter.hex(SECOND_CELL),
            SignLayout.EXCHANGE,
            RowsEmitter.hex(FIRST_CELL << Integer.SIZE), SignLayout.EXCHANGE)
        .build();
  }

  private static MethodSpec.Builder words(String name, String doc, ParameterSpec... more) {
    MethodSpec.Builder method = MethodSpec.methodBuilder(name).addJavadoc(doc)
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC).returns(long.class).addParameter(long.class, "words");
    for (ParameterSpec parameter : more) {
      method.addParameter(parameter);
    }
    return method;
  }
}
