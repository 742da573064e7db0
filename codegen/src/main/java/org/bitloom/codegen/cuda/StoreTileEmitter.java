package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;
import org.bitloom.dsl.model.Epilogue;
import org.bitloom.runtime.api.ActivationType;

/** Emits the epilogue and the store of y[m][n]. */
final class StoreTileEmitter {
  private StoreTileEmitter() {
  }

  static StagePart emit(Stage.StoreTile stage) {
    return StagePart.empty()
        .functions(functions(stage))
        .finish("""
            for (int e = threadIdx.x; e < kRows * at.columns; e += kThreads) {
              const int row = blockIdx.x * kRows + e %% kRows;
              if (row < n) {
                float v = gridDim.y > 1 ? sum_splits(partials, e) : sum_warps(totals, e / kRows, e %% kRows);
            %s    y[static_cast<u64>(at.first_column + e / kRows) * n + row] = %s(v);
              }
            }
            """.formatted(Text.indent(4, steps(stage)), conversion(stage)));
  }

  /** The name of the function that rounds a result. */
  static String conversion(Stage.StoreTile stage) {
    return stage.y() == ActivationType.F16 ? "f32_to_f16" : "f32_to_bf16";
  }

  /** Functions that {@link #steps} calls. */
  static String functions(Stage.StoreTile stage) {
    StringBuilder text = new StringBuilder();
    for (Epilogue step : stage.epilogue()) {
      text.append(switch (step) {
        case BIAS -> "";
        case SILU -> """
            // x * sigmoid(x)
            __device__ __forceinline__ float silu(float v) {
              return v / (1.0f + expf(-v));
            }
            """;
        case GELU -> """
            // x * (1 + erf(x / sqrt(2))) / 2
            __device__ __forceinline__ float gelu(float v) {
              return 0.5f * v * (1.0f + erff(v * 0.70710678118654752f));
            }
            """;
      });
    }
    return text.toString();
  }

  /** The epilogue, on result {@code v} of row {@code row}. */
  static String steps(Stage.StoreTile stage) {
    String bias = stage.y() == ActivationType.F16
        ? "v += f16_to_f32(bias[row]);\n"
        : "v += __uint_as_float(static_cast<u32>(bias[row]) << 16);\n";
    StringBuilder text = new StringBuilder();
    for (Epilogue step : stage.epilogue()) {
      text.append(switch (step) {
        case BIAS -> bias;
        case SILU -> "v = silu(v);\n";
        case GELU -> "v = gelu(v);\n";
      });
    }
    return text.toString();
  }
}
