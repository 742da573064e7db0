package org.bitloom.codegen.ir;

import java.util.List;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.IntegerStage.Correct;
import org.bitloom.codegen.ir.IntegerStage.MultiplyBytes;
import org.bitloom.codegen.ir.IntegerStage.MultiplyPlanes;
import org.bitloom.codegen.ir.IntegerStage.SpreadPlanes;
import org.bitloom.codegen.ir.IntegerStage.StoreColumns;
import org.bitloom.codegen.ir.IntegerStage.StreamTiles;
import org.bitloom.codegen.ir.IntegerStage.StreamWeightPlanes;

/** An integer kernel of warpgroups as a verified list of stages. */
public record IntegerKernelIr(String entry, List<IntegerStage> stages) {
  public IntegerKernelIr {
    stages = List.copyOf(stages);
    verify(entry, stages);
  }

  /** The only stage of a kind. */
  public <S extends IntegerStage> S only(Class<S> kind) {
    return stages.stream().filter(kind::isInstance).map(kind::cast).findFirst()
        .orElseThrow(() -> new IllegalStateException(entry + " has no " + kind.getSimpleName()));
  }

  private static void verify(String entry, List<IntegerStage> stages) {
    List<Class<?>> kinds = stages.stream().<Class<?>>map(Object::getClass).toList();
    boolean planes = kinds.equals(List.of(StreamWeightPlanes.class, StreamTiles.class, MultiplyPlanes.class, Correct.class,
        StoreColumns.class));
    boolean bytes = kinds.equals(List.of(StreamWeightPlanes.class, StreamTiles.class, SpreadPlanes.class,
        MultiplyBytes.class, Correct.class, StoreColumns.class));
    if (!planes && !bytes) {
      throw new IllegalArgumentException(entry + ": the stages are out of order: " + stages);
    }
    int weights = ((StreamWeightPlanes) stages.get(0)).planes();
    StreamTiles tiles = (StreamTiles) stages.get(1);
    boolean agree = switch (stages.get(2)) {
      case MultiplyPlanes m ->
        m.weightPlanes() == weights && m.activationPlanes() == tiles.planes() && tiles.slab() == 1024;
      case SpreadPlanes s -> s.planes() == weights && tiles.slab() == 128;
      default -> false;
    };
    if (!agree) {
      throw new IllegalArgumentException(entry + ": " + stages.get(2) + " does not match the streams before it");
    }
  }

  @Override
  public String toString() {
    return "kernel " + entry + " {\n" + stages.stream().map(s -> "  " + s + "\n").collect(Collectors.joining()) + "}\n";
  }
}
