package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.ActivationType;

/** Text that reads activations, which may end at an odd feature and lie at an odd address. */
final class SignActivations {
  private SignActivations() {
  }

  static String functions(ActivationType x) {
    return """
        __device__ __forceinline__ float x_to_f32(u32 bits) {
          return %s;
        }
        """.formatted(switch (x) {
      case F16 -> "f16_to_f32(static_cast<u16>(bits))";
      case BF16 -> "__uint_as_float(bits << 16)";
    });
  }
}
