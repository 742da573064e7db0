package org.bitloom.codegen.layout;

import java.util.List;
import java.util.stream.DoubleStream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.CodebookCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.Codec.UintCodec;
import org.bitloom.runtime.api.ActivationType;

/** Prints what extracting the shipped formats costs, in instruction slots per weight. */
public final class CostTable {
  private CostTable() {
  }

  private record Row(String name, Codec codec) {
  }

  private static Codec minifloat(int exponent, int mantissa, Specials specials) {
    return new FloatCodec(exponent, mantissa, specials, FloatCodec.defaultBias(exponent));
  }

  /** Prints the table. */
  public static void main(String[] ignored) {
    List<Row> rows = List.of(new Row("fp8 e4m3", minifloat(4, 3, Specials.FN)),
        new Row("fp8 e5m2", minifloat(5, 2, Specials.IEEE)), new Row("fp6 e3m2", minifloat(3, 2, Specials.FINITE)),
        new Row("fp6 e2m3", minifloat(2, 3, Specials.FINITE)), new Row("fp5 e2m2", minifloat(2, 2, Specials.FINITE)),
        new Row("fp4 e2m1", minifloat(2, 1, Specials.FINITE)), new Row("int2", new IntCodec(2)),
        new Row("int3", new IntCodec(3)), new Row("int4", new IntCodec(4)), new Row("int5", new IntCodec(5)),
        new Row("int6", new IntCodec(6)), new Row("int7", new IntCodec(7)), new Row("int8", new IntCodec(8)),
        new Row("uint4", new UintCodec(4)),
        new Row("nf4", new CodebookCodec(DoubleStream.iterate(-1, v -> v + 0.125).limit(16).boxed().toList())));
    System.out.println("| format | f16 | bf16 |\n|---|---|---|");
    for (Row row : rows) {
      WeightLayout layout = WeightLayout.of(row.codec());
      System.out.printf("| %s | %.2f | %.2f |%n", row.name(), slots(row.codec(), ActivationType.F16, layout),
          slots(row.codec(), ActivationType.BF16, layout));
    }
  }

  private static double slots(Codec codec, ActivationType activation, WeightLayout layout) {
    return Extract.cost(layout.extracts(Decode.of(codec, activation, layout))) / (2 * Placement.PAIRS);
  }
}
