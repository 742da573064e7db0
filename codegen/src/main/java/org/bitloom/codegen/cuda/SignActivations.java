package org.bitloom.codegen.cuda;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.SignFamily;

/** Text that prepares activations of binary-coded weights: their tiles, windows and conversion. */
final class SignActivations {
  private SignActivations() {
  }

  /** Constants: the columns of a tile and of a block. */
  static String tile(SignFamily family) {
    return """
        constexpr int kTileColumns = %s;
        constexpr int kBatch = kTileColumns * kBatchTiles;
        """.formatted(family.tileColumns());
  }

  /**
   * Constants of activations that are prepared window by window, and how many packing units a window has, as
   * {@link org.bitloom.runtime.api.SignSpace} counts them.
   *
   * @param units an expression for those that fit
   */
  static String windows(SignFamily family, String units) {
    return tile(family) + """
        constexpr int kColumnBytes = %s;
        constexpr int kSumBytes = %s;
        // As many units as fit; all warps have the same number of them, if they have any.
        __device__ __forceinline__ int window_units(int columns) {
          const int units = %s;
          return units < kWarpsK ? units : units / kWarpsK * kWarpsK;
        }
        """.formatted(family.columnBytes(), family.sumBytes(), units);
  }

  /** How activations that are prepared window by window lie in memory. */
  static final String WINDOWS = """
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
