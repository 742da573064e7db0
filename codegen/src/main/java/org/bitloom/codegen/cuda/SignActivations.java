package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.ActivationType;

/** Text that reads activations, which may end at an odd feature and lie at an odd address. */
final class SignActivations {
  private SignActivations() {
  }

  /** How activations that are prepared window by window lie in memory. */
  static String windows() {
    return """
        __device__ __forceinline__ int prepared_bytes(const Place& at) {
          return at.window * at.columns * kColumnBytes;
        }
        __device__ __forceinline__ int sum_bytes(const Place& at) {
          return at.window * at.columns * kFlushes * kSumBytes;
        }
        template <int Tiles>
        __device__ __forceinline__ u32 operands(u32 prepared, const Place& at) {
          return prepared;
        }
        // A stage is read by the warp that copied it.
        __device__ __forceinline__ void sync_stage(const Place& at) {
          __syncwarp();
        }
        """;
  }

  /** The text of a function that says how many units a window has. */
  static final String WINDOW_UNITS = """
      // As many units as fit; all warps have the same number of them, if they have any.
      __device__ __forceinline__ int window_units(int columns) {
        const int units = max(kWindow / columns, 1);
        return units < kWarpsK ? units : units / kWarpsK * kWarpsK;
      }
      """;

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
