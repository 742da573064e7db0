package org.bitloom.generated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.SignSpace;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The format {@code bcq4_g128}, ready to use. Generated from
 * <pre>
 * format bcq4_g128 {
 *   element binary 4
 *   scale f16 per 128
 *   offset f16 per 128
 * }
 * </pre>
 */
public final class Bcq4G128 {
  private Bcq4G128() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("bcq4_g128", """
        format bcq4_g128 {
          element binary 4
          scale f16 per 128
          offset f16 per 128
        }
        """, 4,
            new SignPlanes(4),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(128)), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(128)), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(128)), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(128)), new ParamPlane(ParamPlane.Role.OFFSET, ParamType.Float.F16, new Grouping.Group(128))));
    LayoutInfo layout = new LayoutInfo(256, "4xa16x16-v1-3c9b4771");
    return new WeightFormat(info, layout, new Bcq4G128Packer(), List.of(
            new KernelUnit("linear_bcq4_g128_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("digit-mma", text("linear_bcq4_g128_f16.digit-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.DIGIT_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("bit-mma", text("linear_bcq4_g128_f16.bit-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.BIT_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("sign-mma", text("linear_bcq4_g128_f16.sign-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.SIGN_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("lut-gemv", text("linear_bcq4_g128_f16.lut-gemv.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.LUT_GEMV, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_bcq4_g128_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 256, true, List.of(new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32)), 0, 0, 0,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))))),
            new KernelUnit("linear_bcq4_g128_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("digit-mma", text("linear_bcq4_g128_bf16.digit-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.DIGIT_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("bit-mma", text("linear_bcq4_g128_bf16.bit-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.BIT_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("sign-mma", text("linear_bcq4_g128_bf16.sign-mma.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.SIGN_MMA, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("lut-gemv", text("linear_bcq4_g128_bf16.lut-gemv.cu"), StreamOrder.KERNEL,
            new SignSpace(SignFamily.LUT_GEMV, 4, 5, 2,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_bcq4_g128_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 256, true, List.of(new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32), new DequantMmaSpace.GroupPlane(128, 32)), 0, 0, 0,
            new Bounds(8, 64), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Bcq4G128.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Bcq4G128: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
