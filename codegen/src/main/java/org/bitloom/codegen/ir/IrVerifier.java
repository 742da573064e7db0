package org.bitloom.codegen.ir;

import java.util.List;

/** Checks that stages come in an order that makes sense and agree with each other. */
final class IrVerifier {
  private IrVerifier() {
  }

  static void verify(String entry, List<Stage> stages) {
    int last = -1;
    for (Stage stage : stages) {
      int rank = rank(stage);
      if (rank <= last) {
        throw new IllegalArgumentException(entry + ": " + stage + " comes too late or twice");
      }
      last = rank;
    }
    for (int rank : List.of(0, 2, 3, 4, 6, 7, 8, 9, 10)) {
      if (stages.stream().noneMatch(s -> rank(s) == rank)) {
        throw new IllegalArgumentException(entry + ": stage number " + rank + " of the kernel grammar is missing");
      }
    }
    boolean sums = stages.stream().anyMatch(Stage.SumActivations.class::isInstance);
    boolean params = stages.stream().anyMatch(Stage.StreamParams.class::isInstance);
    for (Stage stage : stages) {
      if (stage instanceof Stage.ApplyParams apply && (apply.needsSum() != sums || (apply.grouped() && !params))) {
        throw new IllegalArgumentException(entry + ": " + apply + " does not match the streams and sums before it");
      }
    }
  }

  private static int rank(Stage stage) {
    return switch (stage) {
      case Stage.StreamCodes s -> 0;
      case Stage.StreamParams s -> 1;
      case Stage.StreamActivations s -> 2;
      case Stage.LoadFragment s -> 3;
      case Stage.Unpack s -> 4;
      case Stage.SumActivations s -> 5;
      case Stage.Mma s -> 6;
      case Stage.ApplyParams s -> 7;
      case Stage.ReduceWarps s -> 8;
      case Stage.ReduceSplits s -> 9;
      case Stage.StoreTile s -> 10;
    };
  }
}
