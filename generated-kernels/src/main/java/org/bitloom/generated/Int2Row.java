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
 * The format {@code int2_row}, ready to use. Generated from
 * <pre>
 * format int2_row {
 *   element int 2
 *   scale f16 per row
 * }
 * </pre>
 */
public final class Int2Row {
  private Int2Row() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("int2_row", """
        format int2_row {
          element int 2
          scale f16 per row
        }
        """, 2,
            DecodeTable.of(0.0f, 1.0f, -2.0f, -1.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(128, "a16x16-v1-71e9087c");
    return new WeightFormat(info, layout, new Int2RowPacker(), List.of(
            new KernelUnit("linear_int2_row_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_int2_row_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(2, 128, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_int2_row_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(2, 128, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_int2_row_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_int2_row_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(2, 128, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_int2_row_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(2, 128, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Int2Row.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Int2Row: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
