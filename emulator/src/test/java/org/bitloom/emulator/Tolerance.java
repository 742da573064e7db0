package org.bitloom.emulator;

import org.bitloom.emulator.Recording.Probe;
import org.bitloom.emulator.arith.Rounding;

/** How far a word may be from what the GPU answered. */
interface Tolerance {
  boolean accepts(int word, int gpu, int here);

  static Tolerance of(Probe probe) {
    String name = probe.name();
    if (name.startsWith("f32_approx") || name.startsWith("f32_div_approx")) {
      return (word, gpu, here) -> closeFloats(gpu, here, word % probe.outs(), name);
    }
    if (name.equals("f16x2_approx")) {
      return (word, gpu, here) -> closeHalves(gpu, here, word % probe.outs() < 2)
          && closeHalves(gpu >>> 16, here >>> 16,
              word % probe.outs() < 2);
    }
    return (word, gpu, here) -> gpu == here;
  }

  /**
   * PTX ISA 9.7.3 gives the largest errors of approximate functions: ex2 2^-22 relative, rcp, sqrt, rsqrt, div 2 ulp, lg2
   * 2^-22 absolute near 1, sin and cos 2^-20.5 absolute in [-pi, pi] (here up to 20: 2^-17), tanh 2^-11 relative.
   */
  private static boolean closeFloats(int gpu, int here, int column, String probe) {
    float g = Float.intBitsToFloat(gpu);
    float h = Float.intBitsToFloat(here);
    if (Float.isNaN(g) || Float.isNaN(h) || Float.isInfinite(g) || Float.isInfinite(h)) {
      return Float.compare(g, h) == 0;
    }
    boolean tanh = (probe.equals("f32_approx") && column == 5) || (probe.equals("f32_approx_moderate") && column == 3);
    boolean periodic = probe.equals("f32_approx_moderate") && column >= 4;
    boolean log = probe.equals("f32_approx") && column == 3;
    double relative = tanh ? 0x1p-10 : 0x1p-21;
    double absolute = periodic ? 0x1p-17 : log ? 0x1p-21 : 0;
    return Math.abs((double) g - h) <= relative * Math.abs(h) + absolute;
  }

  private static boolean closeHalves(int gpu, int here, boolean f16) {
    double g = f16 ? Rounding.f16(gpu & 0xffff) : Rounding.bf16(gpu & 0xffff);
    double h = f16 ? Rounding.f16(here & 0xffff) : Rounding.bf16(here & 0xffff);
    if (Double.isNaN(g) || Double.isNaN(h) || Double.isInfinite(g) || Double.isInfinite(h)) {
      return Double.compare(g, h) == 0;
    }
    return Math.abs(g - h) <= (f16 ? 0x1p-9 : 0x1p-6) * Math.abs(h) + (f16 ? 0x1p-23 : 0);
  }
}
