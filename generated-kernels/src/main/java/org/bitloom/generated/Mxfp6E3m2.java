package org.bitloom.generated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The format {@code mxfp6_e3m2}, ready to use. Generated from
 * <pre>
 * format mxfp6_e3m2 {
 *   element float e3m2 finite
 *   scale e8m0 per 32
 * }
 * </pre>
 */
public final class Mxfp6E3m2 {
  private Mxfp6E3m2() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("mxfp6_e3m2", """
        format mxfp6_e3m2 {
          element float e3m2 finite
          scale e8m0 per 32
        }
        """, 6,
            DecodeTable.of(0.0f, 0.0625f, 0.125f, 0.1875f, 0.25f, 0.3125f, 0.375f, 0.4375f,
            0.5f, 0.625f, 0.75f, 0.875f, 1.0f, 1.25f, 1.5f, 1.75f,
            2.0f, 2.5f, 3.0f, 3.5f, 4.0f, 5.0f, 6.0f, 7.0f,
            8.0f, 10.0f, 12.0f, 14.0f, 16.0f, 20.0f, 24.0f, 28.0f,
            -0.0f, -0.0625f, -0.125f, -0.1875f, -0.25f, -0.3125f, -0.375f, -0.4375f,
            -0.5f, -0.625f, -0.75f, -0.875f, -1.0f, -1.25f, -1.5f, -1.75f,
            -2.0f, -2.5f, -3.0f, -3.5f, -4.0f, -5.0f, -6.0f, -7.0f,
            -8.0f, -10.0f, -12.0f, -14.0f, -16.0f, -20.0f, -24.0f, -28.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.E8M0, new Grouping.Group(32))));
    LayoutInfo layout = new LayoutInfo(128, "a16x16-v1-6df3fe97");
    return new WeightFormat(info, layout, new Mxfp6E3m2Packer(), List.of(
            new KernelUnit("linear_mxfp6_e3m2_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_mxfp6_e3m2_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(6, 128, List.of(new DequantMmaSpace.GroupPlane(32, 16)), 128, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_mxfp6_e3m2_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(6, 128, false, List.of(new DequantMmaSpace.GroupPlane(32, 16)), 0, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_mxfp6_e3m2_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_mxfp6_e3m2_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(6, 128, List.of(new DequantMmaSpace.GroupPlane(32, 16)), 128, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_mxfp6_e3m2_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(6, 128, false, List.of(new DequantMmaSpace.GroupPlane(32, 16)), 0, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Mxfp6E3m2.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Mxfp6E3m2: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
