package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.SignStage;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.runtime.api.SignFamily;

/**
 * Emits tables of sums of activations. The keys are the half bytes of a lane's words; the tables of two neighbouring lanes of a
 * quad fill the 32 banks of shared memory once, so that look-ups of lanes of these two alone never meet in a bank.
 */
final class TabulateEmitter {
  private TabulateEmitter() {
  }

  static StagePart emit(SignStage.TabulateActivations stage) {
    return StagePart.empty()
        .constants(
            """
                // Activations of a window: tables[unit][columns][cell][byte of a word][lane of a quad][16 keys] f32, each entry the sum of
                // +-x of 4 features, + where the key has a 1; sums[unit][flush][columns] of {sum of x, 0}.
                """
                + SignActivations.windows(SignFamily.LUT_GEMV, "max(kWindow / columns, 1)"))
        .functions(SignActivations.WINDOWS + SignActivations.functions(stage.x())
            + """
                // Builds the tables of `units` units from unit `first` on: a lane makes four entries, those of the two upper key bits.
                __device__ __forceinline__ void tabulate(const u16* x, u32 tables, u32 sums, const Place& at, int first, int units,
                                                         int k) {
                  for (int item = threadIdx.x; item < units * at.columns * 256; item += kThreads) {
                    const int upper = item % 4;
                    const int t = item / 4 % 4;
                    const int byte = item / 16 % 4;
                    const int cell = item / 64 % 4;
                    const int b = item / 256 % at.columns;
                    const int unit = item / 256 / at.columns;
                    const int column = (first + unit) * kUnitK + cell * 64 + 2 * t + 8 * (UPPER_OF_BYTE) + ODD_OF_BYTE;
                    const u16* row = x + static_cast<u64>(at.first_column + b) * k;
                    float v[4];
                #pragma unroll
                    for (int f = 0; f < 4; ++f) {
                      v[f] = column + 16 * f < k ? x_to_f32(row[column + 16 * f]) : 0.0f;
                    }
                    const float base = (upper & 1 ? v[2] : -v[2]) + (upper & 2 ? v[3] : -v[3]);
                    const float sum = v[0] + v[1];
                    const float difference = v[0] - v[1];
                    store_shared_4(tables + item * 16, __float_as_uint(base - sum), __float_as_uint(base + difference),
                                   __float_as_uint(base - difference), __float_as_uint(base + sum));
                  }
                  __syncthreads();
                  for (int item = threadIdx.x; item < units * kFlushes * at.columns; item += kThreads) {
                    const int b = item % at.columns;
                    const int flush = item / at.columns % kFlushes;
                    const int unit = item / at.columns / kFlushes;
                    float sum = 0;
                #pragma unroll
                    for (int i = 0; i < 16 * kFlushCells; ++i) {
                      const int table = ((unit * at.columns + b) * 4 + flush * kFlushCells) * 16 + i;
                      sum += __uint_as_float(load_shared(tables + table * 64 + 60));
                    }
                    store_shared_2(sums + item * kSumBytes, __float_as_uint(sum), 0);
                  }
                }
                """
                .replace("UPPER_OF_BYTE", SignLayout.upperOfByte("byte"))
                .replace("ODD_OF_BYTE", SignLayout.oddOfByte("byte")))
        .cell("""
            tabulate(x, prepared, sums, at, window, window_end - window, k);
            """);
  }
}
