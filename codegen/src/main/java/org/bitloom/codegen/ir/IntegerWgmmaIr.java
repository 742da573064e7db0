package org.bitloom.codegen.ir;

import java.util.List;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.IntegerStage.AssembleBytes;
import org.bitloom.codegen.ir.IntegerStage.Correct;
import org.bitloom.codegen.ir.IntegerStage.MultiplyBytes;
import org.bitloom.codegen.ir.IntegerStage.MultiplyPlanes;
import org.bitloom.codegen.ir.IntegerStage.StoreColumns;
import org.bitloom.codegen.ir.IntegerStage.StreamTiles;
import org.bitloom.codegen.ir.IntegerStage.StreamWeightCodes;
import org.bitloom.codegen.ir.IntegerStage.StreamWeightPlanes;

/** An integer kernel of warpgroups as a verified list of stages. */
public record IntegerWgmmaIr(String entry, List<IntegerStage> stages) implements LoweredKernel {
  private static final List<Class<?>> PLANES = List.of(StreamWeightPlanes.class, StreamTiles.class,
      MultiplyPlanes.class,
      Correct.class, StoreColumns.class);
  private static final List<Class<?>> BYTES = List.of(StreamWeightCodes.class, StreamTiles.class, AssembleBytes.class,
      MultiplyBytes.class, Correct.class, StoreColumns.class);

  public IntegerWgmmaIr {
    stages = List.copyOf(stages);
    List<Class<?>> kinds = stages.stream().<Class<?>>map(Object::getClass).toList();
    if (!kinds.equals(PLANES) && !kinds.equals(BYTES)) {
      throw new IllegalArgumentException(entry + ": the stages are out of order: " + stages);
    }
    if (!agree(stages)) {
      throw new IllegalArgumentException(entry + ": " + stages.get(2) + " does not match the streams before it");
    }
  }

  private static boolean agree(List<IntegerStage> stages) {
    StreamTiles tiles = (StreamTiles) stages.get(1);
    return switch (stages.getFirst()) {
      case StreamWeightPlanes weights -> stages.get(2) instanceof MultiplyPlanes m
          && m.weightPlanes() == weights.planes() && m.activationPlanes() == tiles.planes()
          && tiles.slab() == StreamTiles.PLANES;
      default -> tiles.slab() == StreamTiles.BYTES;
    };
  }

  @Override
  public String toString() {
    return "kernel " + entry + " {\n" + stages.stream().map(s -> "  " + s + "\n").collect(Collectors.joining()) + "}\n";
  }
}
