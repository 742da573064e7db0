package org.bitloom.generated;

import java.util.List;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The index of all shipped formats. Generated.
 */
public final class Formats {
  private Formats() {
  }

  /**
   * All shipped formats, in the order of their names.
   */
  public static List<WeightFormat> all() {
    return List.of(
            Bcq2G128.format(),
            Bcq2Row.format(),
            Bcq3G128.format(),
            Bcq3Row.format(),
            Bcq4G128.format(),
            Bcq4Row.format(),
            Fp4E2m1.format(),
            Fp4E2m1G32.format(),
            Fp5E2m2.format(),
            Fp6E2m3.format(),
            Fp6E3m2.format(),
            Fp6E3m2G128.format(),
            Fp8E4m3.format(),
            Fp8E5m2.format(),
            Int2G128.format(),
            Int2Row.format(),
            Int3G128.format(),
            Int3Row.format(),
            Int4G128.format(),
            Int4Row.format(),
            Int5G128.format(),
            Int5Row.format(),
            Int6G128.format(),
            Int6Row.format(),
            Int7G128.format(),
            Int7Row.format(),
            Int8G128.format(),
            Int8Row.format(),
            Mxfp4.format(),
            Mxfp6E2m3.format(),
            Mxfp6E3m2.format(),
            Nf4G64.format(),
            Nvfp4.format(),
            TernaryG128.format(),
            Uint4G128.format(),
            W1Bipolar.format(),
            W2Bipolar.format(),
            W3Bipolar.format(),
            W4Bipolar.format());
  }
}
