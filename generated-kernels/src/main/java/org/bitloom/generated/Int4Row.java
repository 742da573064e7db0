package org.bitloom.generated;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.IntegerMmaSpace;
import org.bitloom.runtime.api.IntegerWgmmaSpace;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The format {@code int4_row}, ready to use. Generated from
 * <pre>
 * format int4_row {
 *   element int 4
 *   scale f16 per row
 * }
 * </pre>
 */
public final class Int4Row {
  private Int4Row() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("int4_row", """
        format int4_row {
          element int 4
          scale f16 per row
        }
        """, 4,
            DecodeTable.of(0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f,
            -8.0f, -7.0f, -6.0f, -5.0f, -4.0f, -3.0f, -2.0f, -1.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(64, "a16x16-v1-cf981314");
    return new WeightFormat(info, layout, new Int4RowPacker(), List.of(
            new KernelUnit("linear_int4_row_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_int4_row_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_int4_row_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_int4_row_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_int4_row_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(4, 64, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_int4_row_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(4, 64, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_int4_row_a8_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("byte-mma", text("linear_int4_row_a8_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 4, 64, 1, 1, 4, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r8_f16", text("quantize_int8_bytes_r8_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 8, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_int4_row_a8_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 4, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(64, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r8_f16", text("quantize_int8_bytes_r8_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 8, ActivationType.F16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Int4Row.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Int4Row: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
