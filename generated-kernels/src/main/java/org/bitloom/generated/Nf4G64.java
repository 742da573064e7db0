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
 * The format {@code nf4_g64}, ready to use. Generated from
 * <pre>
 * format nf4_g64 {
 *   element codebook [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
 *     -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
 *     0.07958029955625534, 0.16093020141124725, 0.24611230194568634,
 *     0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
 *     0.7229568362236023, 1.0]
 *   scale f16 per 64
 * }
 * </pre>
 */
public final class Nf4G64 {
  private Nf4G64() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("nf4_g64", """
        format nf4_g64 {
          element codebook [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
            -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
            0.07958029955625534, 0.16093020141124725, 0.24611230194568634,
            0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
            0.7229568362236023, 1.0]
          scale f16 per 64
        }
        """, 4,
            DecodeTable.of(-1.0f, -0.6961928f, -0.52507305f, -0.3949175f, -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
            0.0795803f, 0.1609302f, 0.2461123f, 0.33791524f, 0.44070983f, 0.562617f, 0.72295684f, 1.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Group(64))));
    LayoutInfo layout = new LayoutInfo(64, "a16x16-v1-1b01db99");
    return new WeightFormat(info, layout, new Nf4G64Packer(), List.of(
            new KernelUnit("linear_nf4_g64_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_nf4_g64_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(new DequantMmaSpace.GroupPlane(64, 32)), 32896, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_nf4_g64_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(new DequantMmaSpace.GroupPlane(64, 32)), 32768, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_nf4_g64_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_nf4_g64_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(new DequantMmaSpace.GroupPlane(64, 32)), 32896, 2, 2, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_nf4_g64_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(new DequantMmaSpace.GroupPlane(64, 32)), 32768, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Nf4G64.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Nf4G64: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
