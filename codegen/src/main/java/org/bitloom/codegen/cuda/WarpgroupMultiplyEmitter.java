package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.target.WarpgroupAtom;

import static org.bitloom.codegen.cuda.PtxInstruction.FMA_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.WARPGROUP_ORDER;

/**
 * Emits what a warpgroup does with each 16 x 64 cell of each row tile: decode its four fragments, multiply them with 64 features
 * of the activations, and apply group parameters where a group ends. While products run, the next cell is decoded.
 */
final class WarpgroupMultiplyEmitter {
  private WarpgroupMultiplyEmitter() {
  }

  static StagePart emit(WarpgroupIr ir) {
    StagePart part = ir.lift().exponent() == 0
        ? StagePart.of(WARPGROUP_ORDER)
        : StagePart.of(WARPGROUP_ORDER, FMA_BF16X2);
    return part
        .functions(WarpgroupText.wrapper(ir.multiply().atom()) + lift(ir.lift()))
        .setup(ir.sum().isEmpty() ? "" : """
            // Sums of x over k, as accumulators of products of ones: every row holds the sum of its column.
            const u32 ones[4] = {%1$s, %1$s, %1$s, %1$s};
            float sum[kBatchTiles][4];
            clear(sum);
            """.formatted(ir.multiply().atom() == WarpgroupAtom.F16 ? "0x3c003c00u" : "0x3f803f80u"))
        .cell(cell(ir));
  }

  private static String lift(WarpgroupIr.Lift lift) {
    return lift.exponent() == 0 ? "" : """
        // Weights * 2^%d, exactly: their exponents are not re-biased, and products must stay in the range of f32.
        __device__ __forceinline__ void lift(u32 (&a)[4]) {
        #pragma unroll
          for (int i = 0; i < 4; ++i) {
            a[i] = fma_bf16x2(a[i], 0x%2$04x%2$04xu, 0x80008000u);
          }
        }
        """.formatted(lift.exponent(), Float.floatToRawIntBits(Math.scalb(1.0f, lift.exponent())) >>> 16);
  }

  private static String cell(WarpgroupIr ir) {
    boolean grouped = ir.apply().grouped();
    String keep = grouped ? "(column + 16 * f) % kFlushK != 0" : "1";
    return """
        const int column = (u * kCells + cell) * 64;
        const u64 tile = describe(activations + use.slot * kActivationBytes + (u * kCells + cell) * kTileBytes);
        u32 (&weights)[4][4] = sets[((u * kRowTiles + r) * kCells + cell) %% kSets];
        wait_groups<kSets - 1>();
        #pragma unroll
        for (int f = 0; f < 4; ++f) {
        %s  unpack(words, cell, f, weights[f]%s);
        %s}
        open_group();
        #pragma unroll
        for (int f = 0; f < 4; ++f) {
          multiply(acc[r], weights[f], tile + 2 * f, %s);
        %s%s}
        close_group();
        """.formatted(Text.indent(2, UnpackEmitter.centers(ir.unpack(), "column + 16 * f")),
        UnpackEmitter.arguments(ir.unpack()), ir.lift().exponent() == 0 ? "" : "  lift(weights[f]);\n", keep,
        ir.sum().isEmpty() ? "" : "  multiply(sum, ones, tile + 2 * f, " + keep + ");\n",
        grouped ? Text.indent(2, flush(ir)) : "");
  }

  private static String flush(WarpgroupIr ir) {
    return """
        if ((column + 16 * f + 16) %% kFlushK == 0) {
          close_group();
          wait_groups<0>();
          const int flush = (column + 16 * f) / kFlushK;
        %s  if (f < 3) {
            open_group();
          }
        }
        """.formatted(Text.indent(2, ApplyParamsEmitter.tileFlush(ir.apply())));
  }
}
