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
 * The format {@code w1_bipolar}, ready to use. Generated from
 * <pre>
 * format w1_bipolar {
 *   element bipolar 1
 *   scale f16 per row
 * }
 * </pre>
 */
public final class W1Bipolar {
  private W1Bipolar() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("w1_bipolar", """
        format w1_bipolar {
          element bipolar 1
          scale f16 per row
        }
        """, 1,
            DecodeTable.of(-1.0f, 1.0f),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(256, "a16x16-v1-bcecb58d", LayoutInfo.RowSums.STORED);
    return new WeightFormat(info, layout, new W1BipolarPacker(), List.of(
            new KernelUnit("linear_w1_bipolar_a1_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("plane-mma", text("linear_w1_bipolar_a1_f16.plane-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("plane-mma", 1, 256, 1, 1, 2, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar1_planes_r64_f16", text("quantize_bipolar1_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 1), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-mma", text("linear_w1_bipolar_a1_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 1, 256, 1, 1, 16, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar1_bytes_r64_f16", text("quantize_bipolar1_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 1), OperandForm.BYTES, 64, ActivationType.F16))),
            new KernelVariant("plane-wgmma", text("linear_w1_bipolar_a1_f16.plane-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("plane-wgmma", 1, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar1_planes_r64_f16", text("quantize_bipolar1_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 1), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_w1_bipolar_a1_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 1, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar1_bytes_r64_f16", text("quantize_bipolar1_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 1), OperandForm.BYTES, 64, ActivationType.F16))))),
            new KernelUnit("linear_w1_bipolar_a2_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("plane-mma", text("linear_w1_bipolar_a2_f16.plane-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("plane-mma", 1, 256, 1, 2, 2, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar2_planes_r64_f16", text("quantize_bipolar2_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-mma", text("linear_w1_bipolar_a2_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 1, 256, 1, 1, 16, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar2_bytes_r64_f16", text("quantize_bipolar2_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2), OperandForm.BYTES, 64, ActivationType.F16))),
            new KernelVariant("plane-wgmma", text("linear_w1_bipolar_a2_f16.plane-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("plane-wgmma", 1, 2,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar2_planes_r64_f16", text("quantize_bipolar2_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_w1_bipolar_a2_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 1, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_bipolar2_bytes_r64_f16", text("quantize_bipolar2_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2), OperandForm.BYTES, 64, ActivationType.F16))))),
            new KernelUnit("linear_w1_bipolar_a8_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("plane-mma", text("linear_w1_bipolar_a8_f16.plane-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("plane-mma", 1, 256, 1, 8, 2, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_planes_r64_f16", text("quantize_int8_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-mma", text("linear_w1_bipolar_a8_f16.byte-mma.cu"), StreamOrder.KERNEL,
            new IntegerMmaSpace("byte-mma", 1, 256, 1, 1, 16, IntegerMmaSpace.Sums.INTEGER,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r64_f16", text("quantize_int8_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 64, ActivationType.F16))),
            new KernelVariant("plane-wgmma", text("linear_w1_bipolar_a8_f16.plane-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("plane-wgmma", 1, 8,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_planes_r64_f16", text("quantize_int8_planes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.PLANES, 64, ActivationType.F16))),
            new KernelVariant("byte-wgmma", text("linear_w1_bipolar_a8_f16.byte-wgmma.cu"), StreamOrder.KERNEL,
            new IntegerWgmmaSpace("byte-wgmma", 1, 1,
            new Bounds(8, 256), new Bounds(16, 256), new Bounds(256, 1024), new Bounds(2, 8), new Bounds(1, 16)),
            Optional.of(new ActivationQuantizer("quantize_int8_bytes_r64_f16", text("quantize_int8_bytes_r64_f16.cu"), new ActivationCode(ActivationCode.Encoding.INT, 8), OperandForm.BYTES, 64, ActivationType.F16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = W1Bipolar.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("W1Bipolar: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
