package org.bitloom.runtime.quant;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Codes to start from in which a weight's place among its group, not its size, says its level: outliers take no levels away
 * from the many. Level j of 2^q takes the weights whose share lies at j of as many steps, the steps being even, or narrower
 * towards the ends.
 */
final class QuantileStart {
  /** Exponents that bend the steps: 1 is even, larger ones give the ends less. */
  private static final double[] BENDS = {1, 1.5, 2};

  private final SignGroup.Types types;

  QuantileStart(SignGroup.Types types) {
    this.types = types;
  }

  /** One coding for each way to divide the weights, whose scales are still 0. */
  List<SignFit.Coding> codings(double[] weights) {
    double[] sorted = weights.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(weights).sum() / weights.length;
    SignGroup flat = SignGroup.nearest(types, new double[types.planes()], mean);
    return DoubleStream.of(BENDS)
        .mapToObj(bend -> new SignFit.Coding(flat, codes(weights, sorted, bend), Double.POSITIVE_INFINITY)).toList();
  }

  private byte[] codes(double[] weights, double[] sorted, double bend) {
    int levels = 1 << types.planes();
    double[] bounds = new double[levels - 1];
    for (int i = 0; i < bounds.length; i++) {
      double side = 2.0 * (i + 1) / levels - 1;
      double bent = Math.signum(side) * (1 - Math.pow(1 - Math.abs(side), bend));
      bounds[i] = sorted[(int) Math.min(sorted.length - 1.0, Math.floor((bent + 1) / 2 * sorted.length))];
    }
    byte[] codes = new byte[weights.length];
    for (int i = 0; i < codes.length; i++) {
      int level = 0;
      while (level < bounds.length && weights[i] >= bounds[level]) {
        level++;
      }
      codes[i] = (byte) (Integer.reverse(level) >>> Integer.SIZE - types.planes());
    }
    return codes;
  }
}
