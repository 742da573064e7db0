package org.bitloom.codegen.java;

import java.util.List;

import com.palantir.javapoet.CodeBlock;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantMmaSpace.GroupPlane;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.IntegerMmaSpace;
import org.bitloom.runtime.api.IntegerWgmmaSpace;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.SignSpace;

/** Prints a schedule space as the Java expression that builds it. */
final class SpaceText {
  private SpaceText() {
  }

  static CodeBlock expression(ScheduleSpace space) {
    return switch (space) {
      case DequantMmaSpace s -> CodeBlock.of("new $T($L, $L, $T.of($L), $L, $L, $L, $L,\n$L, $L, $L, $L, $L)",
          DequantMmaSpace.class, s.codeBits(), s.unitK(), List.class,
          s.groupPlanes().stream().map(SpaceText::plane).collect(CodeBlock.joining(", ")), s.staticSmem(),
          s.fragmentRegisters(), s.accumulatorSets(), s.sumSets(), bounds(s.tileM()), bounds(s.tileN()),
          bounds(s.tileK()), bounds(s.stages()), bounds(s.splitK()));
      case DequantWgmmaSpace s -> CodeBlock.of("new $T($L, $L, $L, $T.of($L), $L, $L, $L,\n$L, $L, $L, $L, $L)",
          DequantWgmmaSpace.class, s.codeBits(), s.unitK(), s.signs(), List.class,
          s.groupPlanes().stream().map(SpaceText::plane).collect(CodeBlock.joining(", ")), s.staticSmem(), s.totals(),
          s.sumSets(), bounds(s.tileM()), bounds(s.tileN()), bounds(s.tileK()), bounds(s.stages()),
          bounds(s.splitK()));
      case SignSpace s -> CodeBlock.of("new $T($T.$L, $L, $L, $L,\n$L, $L, $L, $L, $L)", SignSpace.class,
          SignFamily.class, s.family().name(), s.planes(), s.parameterPlanes(), s.groupsPerUnit(),
          bounds(s.tileM()), bounds(s.tileN()), bounds(s.tileK()), bounds(s.stages()), bounds(s.splitK()));
      case IntegerMmaSpace s -> CodeBlock.of("new $T($S, $L, $L, $L, $L, $L, $T.$L,\n$L, $L, $L, $L, $L)",
          IntegerMmaSpace.class, s.family(), s.codeBits(), s.unitK(), s.weightPlanes(), s.columnPlanes(),
          s.unitChunks(), IntegerMmaSpace.Sums.class, s.sums(), bounds(s.tileM()), bounds(s.tileN()), bounds(s.tileK()),
          bounds(s.stages()), bounds(s.splitK()));
      case IntegerWgmmaSpace s -> CodeBlock.of("new $T($S, $L, $L,\n$L, $L, $L, $L, $L)", IntegerWgmmaSpace.class,
          s.family(), s.weightPlanes(), s.activationPlanes(), bounds(s.tileM()), bounds(s.tileN()), bounds(s.tileK()),
          bounds(s.stages()), bounds(s.splitK()));
      default -> throw new IllegalArgumentException("no text for " + space);
    };
  }

  private static CodeBlock plane(GroupPlane plane) {
    return CodeBlock.of("new $T($L, $L)", GroupPlane.class, plane.group(), plane.bytes());
  }

  private static CodeBlock bounds(Bounds bounds) {
    return CodeBlock.of("new $T($L, $L)", Bounds.class, bounds.low(), bounds.high());
  }
}
