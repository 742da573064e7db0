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
 * The format {@code w3_bipolar}, ready to use. Generated from
 * <pre>
 * format w3_bipolar {
 *   element bipolar 3
 *   scale f16 per row
 * }
 * </pre>
 */
public final class W3Bipolar {
  private W3Bipolar() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("w3_bipolar", """
        format w3_bipolar {
          element bipolar 3
          scale f16 per row
        }
        """, 3,
            DecodeTable.of(-7.0f, -5.0f, -3.0f, -1.0f, 1.0f, 3.0f, 5.0f, 7.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(256, "a16x16-v1-bf67c134", LayoutInfo.RowSums.STORED);
    return new WeightFormat(info, layout, new W3BipolarPacker(), List.of(
            new KernelUnit("linear_w3_bipolar_a4_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("plane-mma", text("linear_w3_bipolar_a4_f16.plane-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("plane-mma", 3, 256, 3, 4, 2, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar4_planes_r64_f16", text("quantize_bipolar4_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 4), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-mma", text("linear_w3_bipolar_a4_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 3, 256, 1, 1, 16, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar4_bytes_r64_f16", text("quantize_bipolar4_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 4), OperandForm.BYTES, 64, ActivationType.F16))),
            new KernelVariant("plane-wgmma", text("linear_w3_bipolar_a4_f16.plane-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("plane-wgmma", 3, 4,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar4_planes_r64_f16", text("quantize_bipolar4_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 4), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_w3_bipolar_a4_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 3, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar4_bytes_r64_f16", text("quantize_bipolar4_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 4), OperandForm.BYTES, 64, ActivationType.F16))))),
            new KernelUnit("linear_w3_bipolar_a8_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("plane-mma", text("linear_w3_bipolar_a8_f16.plane-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("plane-mma", 3, 256, 3, 8, 2, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_planes_r64_f16", text("quantize_int8_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-mma", text("linear_w3_bipolar_a8_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 3, 256, 1, 1, 16, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r64_f16", text("quantize_int8_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 64, ActivationType.F16))),
            new KernelVariant("plane-wgmma", text("linear_w3_bipolar_a8_f16.plane-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("plane-wgmma", 3, 8,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_planes_r64_f16", text("quantize_int8_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_w3_bipolar_a8_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 3, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r64_f16", text("quantize_int8_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 64, ActivationType.F16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = W3Bipolar.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("W3Bipolar: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
