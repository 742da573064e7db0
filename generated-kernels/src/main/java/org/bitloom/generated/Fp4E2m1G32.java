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
 * The format {@code fp4_e2m1_g32}, ready to use. Generated from
 * <pre>
 * format fp4_e2m1_g32 {
 *   element float e2m1 finite
 *   scale f16 per 32
 * }
 * </pre>
 */
public final class Fp4E2m1G32 {
  private Fp4E2m1G32() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("fp4_e2m1_g32", """
        format fp4_e2m1_g32 {
          element float e2m1 finite
          scale f16 per 32
        }
        """, 4,
            DecodeTable.of(0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f,
            -0.0f, -0.5f, -1.0f, -1.5f, -2.0f, -3.0f, -4.0f, -6.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(32))));
    LayoutInfo layout = new LayoutInfo(64, "a16x16-v1-3ed938d6");
    return new WeightFormat(info, layout, new Fp4E2m1G32Packer(), List.of(
            new KernelUnit("linear_fp4_e2m1_g32_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_fp4_e2m1_g32_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(new DequantMmaSpace.GroupPlane(32, 32)), 128, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_fp4_e2m1_g32_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(new DequantMmaSpace.GroupPlane(32, 32)), 0, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_fp4_e2m1_g32_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_fp4_e2m1_g32_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(new DequantMmaSpace.GroupPlane(32, 32)), 128, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_fp4_e2m1_g32_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(new DequantMmaSpace.GroupPlane(32, 32)), 0, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Fp4E2m1G32.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Fp4E2m1G32: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
