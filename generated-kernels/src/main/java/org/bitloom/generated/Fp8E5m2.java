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
 * The format {@code fp8_e5m2}, ready to use. Generated from
 * <pre>
 * format fp8_e5m2 {
 *   element float e5m2 ieee
 *   scale f16 per row
 * }
 * </pre>
 */
public final class Fp8E5m2 {
  private Fp8E5m2() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("fp8_e5m2", """
        format fp8_e5m2 {
          element float e5m2 ieee
          scale f16 per row
        }
        """, 8,
            DecodeTable.of(0.0f, 1.5258789E-5f, 3.0517578E-5f, 4.5776367E-5f, 6.1035156E-5f, 7.6293945E-5f, 9.1552734E-5f, 1.0681152E-4f,
            1.2207031E-4f, 1.5258789E-4f, 1.8310547E-4f, 2.1362305E-4f, 2.4414062E-4f, 3.0517578E-4f, 3.6621094E-4f, 4.272461E-4f,
            4.8828125E-4f, 6.1035156E-4f, 7.324219E-4f, 8.544922E-4f, 9.765625E-4f, 0.0012207031f, 0.0014648438f, 0.0017089844f,
            0.001953125f, 0.0024414062f, 0.0029296875f, 0.0034179688f, 0.00390625f, 0.0048828125f, 0.005859375f, 0.0068359375f,
            0.0078125f, 0.009765625f, 0.01171875f, 0.013671875f, 0.015625f, 0.01953125f, 0.0234375f, 0.02734375f,
            0.03125f, 0.0390625f, 0.046875f, 0.0546875f, 0.0625f, 0.078125f, 0.09375f, 0.109375f,
            0.125f, 0.15625f, 0.1875f, 0.21875f, 0.25f, 0.3125f, 0.375f, 0.4375f,
            0.5f, 0.625f, 0.75f, 0.875f, 1.0f, 1.25f, 1.5f, 1.75f,
            2.0f, 2.5f, 3.0f, 3.5f, 4.0f, 5.0f, 6.0f, 7.0f,
            8.0f, 10.0f, 12.0f, 14.0f, 16.0f, 20.0f, 24.0f, 28.0f,
            32.0f, 40.0f, 48.0f, 56.0f, 64.0f, 80.0f, 96.0f, 112.0f,
            128.0f, 160.0f, 192.0f, 224.0f, 256.0f, 320.0f, 384.0f, 448.0f,
            512.0f, 640.0f, 768.0f, 896.0f, 1024.0f, 1280.0f, 1536.0f, 1792.0f,
            2048.0f, 2560.0f, 3072.0f, 3584.0f, 4096.0f, 5120.0f, 6144.0f, 7168.0f,
            8192.0f, 10240.0f, 12288.0f, 14336.0f, 16384.0f, 20480.0f, 24576.0f, 28672.0f,
            32768.0f, 40960.0f, 49152.0f, 57344.0f, Float.NaN, Float.NaN, Float.NaN, Float.NaN,
            -0.0f, -1.5258789E-5f, -3.0517578E-5f, -4.5776367E-5f, -6.1035156E-5f, -7.6293945E-5f, -9.1552734E-5f, -1.0681152E-4f,
            -1.2207031E-4f, -1.5258789E-4f, -1.8310547E-4f, -2.1362305E-4f, -2.4414062E-4f, -3.0517578E-4f, -3.6621094E-4f, -4.272461E-4f,
            -4.8828125E-4f, -6.1035156E-4f, -7.324219E-4f, -8.544922E-4f, -9.765625E-4f, -0.0012207031f, -0.0014648438f, -0.0017089844f,
            -0.001953125f, -0.0024414062f, -0.0029296875f, -0.0034179688f, -0.00390625f, -0.0048828125f, -0.005859375f, -0.0068359375f,
            -0.0078125f, -0.009765625f, -0.01171875f, -0.013671875f, -0.015625f, -0.01953125f, -0.0234375f, -0.02734375f,
            -0.03125f, -0.0390625f, -0.046875f, -0.0546875f, -0.0625f, -0.078125f, -0.09375f, -0.109375f,
            -0.125f, -0.15625f, -0.1875f, -0.21875f, -0.25f, -0.3125f, -0.375f, -0.4375f,
            -0.5f, -0.625f, -0.75f, -0.875f, -1.0f, -1.25f, -1.5f, -1.75f,
            -2.0f, -2.5f, -3.0f, -3.5f, -4.0f, -5.0f, -6.0f, -7.0f,
            -8.0f, -10.0f, -12.0f, -14.0f, -16.0f, -20.0f, -24.0f, -28.0f,
            -32.0f, -40.0f, -48.0f, -56.0f, -64.0f, -80.0f, -96.0f, -112.0f,
            -128.0f, -160.0f, -192.0f, -224.0f, -256.0f, -320.0f, -384.0f, -448.0f,
            -512.0f, -640.0f, -768.0f, -896.0f, -1024.0f, -1280.0f, -1536.0f, -1792.0f,
            -2048.0f, -2560.0f, -3072.0f, -3584.0f, -4096.0f, -5120.0f, -6144.0f, -7168.0f,
            -8192.0f, -10240.0f, -12288.0f, -14336.0f, -16384.0f, -20480.0f, -24576.0f, -28672.0f,
            -32768.0f, -40960.0f, -49152.0f, -57344.0f, Float.NaN, Float.NaN, Float.NaN, Float.NaN),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(64, "a16x16-v1-fb77ce65");
    return new WeightFormat(info, layout, new Fp8E5m2Packer(), List.of(
            new KernelUnit("linear_fp8_e5m2_f16", info, layout, ActivationType.F16, ActivationType.F16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_fp8_e5m2_f16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(8, 64, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_fp8_e5m2_f16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(8, 64, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))))),
            new KernelUnit("linear_fp8_e5m2_bf16", info, layout, ActivationType.BF16, ActivationType.BF16, List.of(), List.of(
            new KernelVariant("dequant-mma", text("linear_fp8_e5m2_bf16.dequant-mma.cu"), StreamOrder.KERNEL,
            new DequantMmaSpace(8, 64, List.of(), 128, 2, 1, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16))),
            new KernelVariant("dequant-wgmma", text("linear_fp8_e5m2_bf16.dequant-wgmma.cu"), StreamOrder.KERNEL,
            new DequantWgmmaSpace(8, 64, false, List.of(), 0, 0, 0,
            new Bounds(8, 128), new Bounds(16, 512), new Bounds(64, 1024), new Bounds(2, 16), new Bounds(1, 16)))))));
  }

  private static String text(String resource) {
    try (InputStream in = Fp8E5m2.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Fp8E5m2: no resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
