package org.bitloom.codegen.ir;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel for binary-coded weights. Thread blocks work off several blocks of rows, one after another, while their copies run
 * ahead:
 *
 * <pre>
 * StreamSigns           asynchronous copies, for each packing unit
 * Prepare               once for each window of activations, or with the packing units
 * Multiply              for each packing unit
 * ReduceTurns StoreTile once for each block of rows: sums over warps, windows and splits of k
 * </pre>
 */
public record SignIr(String entry, SignStage.StreamSigns stream, SignStage.Prepare prepare, SignStage.Multiply multiply,
    Stage.StoreTile store) implements LoweredKernel {
  public SignIr {
    boolean match = switch (prepare) {
      case SignStage.SplitActivations _ -> multiply instanceof SignStage.MultiplyDigits;
      case SignStage.TransposeActivations _ -> multiply instanceof SignStage.MultiplyBits;
      case SignStage.TabulateActivations _ -> multiply instanceof SignStage.LookUpSums;
      case SignStage.StreamX _ -> multiply instanceof SignStage.MultiplyWeights;
    };
    if (!match) {
      throw new IllegalArgumentException(entry + ": " + multiply + " does not take what " + prepare + " leaves");
    }
  }

  @Override
  public String toString() {
    return "kernel " + entry + " {\n"
        + List.of(stream, prepare, multiply, "ReduceTurns[]", store).stream().map(s -> "  " + s + "\n")
            .collect(Collectors.joining())
        + "}\n";
  }
}
