package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.ir.WarpgroupIr;
import org.bitloom.codegen.target.WarpgroupAtom;

import static org.bitloom.codegen.cuda.PtxInstruction.FMA_BF16X2;
import static org.bitloom.codegen.cuda.PtxInstruction.WARPGROUP_ORDER;

/**
 * Emits what a warpgroup does with each 16 x 64 cell of each row tile: decode its four fragments and multiply them with 64
 * features of the activations. While products run, the next cell is decoded, and the sums of the group before are scaled.
 */
final class WarpgroupMultiplyEmitter {
  private WarpgroupMultiplyEmitter() {
  }

  static StagePart emit(WarpgroupIr.Decoded ir, WarpgroupAtom atom) {
    StagePart part = ir.lift().exponent() == 0
        ? StagePart.of(WARPGROUP_ORDER)
        : StagePart.of(WARPGROUP_ORDER, FMA_BF16X2);
    return part
        .constants(ir.apply().grouped()
            ? GROUPED.formatted(ir.sum().isEmpty() ? 2 : 4, ir.lift().exponent() == 0 ? 96 : 104)
            : WHOLE)
        .functions(WarpgroupText.wrapper(atom, 16) + WarpgroupText.SETTLE + lift(ir.lift()))
        .setup(setup(ir, atom) + TOTALS)
        .cell(CELLS.formatted(Text.indent(8, cell(ir))))
        .finish(finish(ir));
  }

  private static final String WHOLE = """
      constexpr int kBlockK = kUnitK;       // features of a row tile that are multiplied in one go
      constexpr int kSums = kRowTiles;      // accumulators, 64 x kBatch each
      // Cells whose fragments are held: while products read one, the next is decoded, if there are registers for it.
      constexpr int kSets = kUnitsPerStage * kCells % 2 == 0
          && kMultiplyRegisters >= 4 * kBatchTiles * kRowTiles + kCodeBits * kCells + 80 ? 2 : 1;
      constexpr int kPart = 4;              // fragments that are multiplied in one go
      constexpr int kFewerTiles = kRowTiles - 1;  // where a warpgroup has no more
      """;

  private static final String GROUPED = """
      constexpr int kBlockK = kFlushK > kUnitK ? kFlushK : kUnitK;  // features of a row tile that are multiplied in one go
      constexpr int kJobs = kStageK / kFlushK * kRowTiles;          // sums over a group, of a stage
      static_assert(kJobs %% 2 == 0, "each sum goes to the accumulators that the sum before does not use");
      constexpr int kSums = 2;              // accumulators, 64 x kBatch each
      // Row tiles that a warpgroup can do with where it has no more: each stage ends with the second accumulators.
      constexpr int kFewerTiles = kStageK / kFlushK * (kRowTiles - 1) %% 2 == 0 ? kRowTiles - 1 : kRowTiles;
      constexpr int kPart = kFlushK < 64 ? kFlushK / 16 : 4;        // fragments that are multiplied in one go
      // Cells whose fragments are held: while products read one, or a part of one, the next is decoded.
      constexpr int kSets = kUnitsPerStage * kCells * (kFewerTiles > 0 ? kFewerTiles : kRowTiles) %% 2 == 0 && kPart == 4
          && kMultiplyRegisters >= 4 * kBatchTiles * (kRowTiles + %s) + kCodeBits * kCells + %s ? 2 : 1;
      """;

  private static String lift(WarpgroupIr.Lift lift) {
    return lift.exponent() == 0 ? "" : """
        // Weights * 2^%1$s, exactly: their exponents are not re-biased, and products must stay in the range of f32.
        __device__ __forceinline__ void lift(u32 (&a)[4]) {
        #pragma unroll
          for (int i = 0; i < 4; ++i) {
            a[i] = fma_bf16x2(a[i], 0x%2$04x%2$04xu, 0x80008000u);
          }
        }
        """.formatted(lift.exponent(), Float.floatToRawIntBits(Math.scalb(1.0f, lift.exponent())) >>> 16);
  }

  private static String setup(WarpgroupIr.Decoded ir, WarpgroupAtom atom) {
    String sums = ir.sum().isEmpty()
        ? ""
        : """
            // Sums of x over k, as accumulators of products of ones: every row holds the sum of its column.
            const u32 one = pinned(%1$s);  // not written again while a product reads it
            const u32 ones[4] = {one, one, one, one};
            float %2$s;
            %3$s""".formatted(atom.equals(WarpgroupAtom.F16) ? "0x3c003c00u" : "0x3f803f80u",
            ir.apply().grouped() ? "sums[kSums][kBatchTiles][4]" : "sum[kBatchTiles][4]",
            ir.apply().grouped() ? "clear(sums[0]);\nclear(sums[1]);\n" : "clear(sum);\n");
    if (!ir.apply().grouped()) {
      return sums;
    }
    return sums + (ir.apply().needsSum() ? "Pair pending = {0, 0}, pending_shift = {0, 0};" : "Pair pending = {0, 0};")
        + "  // parameters of the last sum, which is not yet part of a total\n";
  }

  private static final String TOTALS = """
      float acc[kSums][kBatchTiles][4], total[kRowTiles][kBatchTiles][4];
      #pragma unroll
      for (int i = 0; i < kSums; ++i) {
        clear(acc[i]);
      }
      #pragma unroll
      for (int r = 0; r < kRowTiles; ++r) {
        clear(total[r]);
      }
      """;

  /** A stage, cell by cell. */
  private static final String CELLS = """
      u32 words[kCodeBits * kCells];
      load_unit(slot, 0, 0, at.lane, words);
      #pragma unroll
      for (int block = 0; block < kStageK / kBlockK; ++block) {
      #pragma unroll
        for (int r = 0; r < own_tiles; ++r) {
      #pragma unroll
          for (int u = block * kBlockK / kUnitK; u < (block + 1) * kBlockK / kUnitK; ++u) {
      #pragma unroll
            for (int cell = 0; cell < kCells; ++cell) {
      %s      }
          }
        }
      }
      """;

  private static String cell(WarpgroupIr.Decoded ir) {
    Stage.ApplyParams apply = ir.apply();
    return """
        const int column = (u * kCells + cell) * 64;
        const u64 tile = describe(activations + turn.slot * kActivationBytes + (u * kCells + cell) * kTileBytes);
        const int turn_of_cell = (u + (block * (own_tiles - 1) + r) * (kBlockK / kUnitK)) * kCells + cell;
        u32 (&weights)[4][4] = sets[turn_of_cell %% kSets];
        #pragma unroll
        for (int part = 0; part < 4; part += kPart) {
          wait_groups<(kSets * 4 > kPart ? 1 : 0)>();
        %s#pragma unroll
          for (int f = part; f < part + kPart; ++f) {
        %s    unpack(words, cell, f, weights[f]%s);
        %s  }
        %s  open_group();
        #pragma unroll
          for (int f = part; f < part + kPart; ++f) {
        %s  }
        %s}
        """
        .formatted(apply.grouped() ? "" : Text.indent(2, RELEASE),
            Text.indent(4, UnpackEmitter.beginGroup(ir.unpack(), "column + 16 * f")),
            UnpackEmitter.arguments(ir.unpack()), ir.lift().exponent() == 0 ? "" : "    lift(weights[f]);\n",
            Text.indent(2, LOAD_NEXT + (apply.grouped() ? CATCH_UP : "hold(weights);\n")),
            Text.indent(4, apply.grouped() ? groupStep(ir) : step(ir)), apply.grouped() ? "" : "  close_group();\n");
  }

  /** ptxas follows products that run while accumulators are read within a loop body, but not from one turn to the next. */
  private static final String CATCH_UP = """
      if (column == 0 && r == 0 && part == 0) {
        hold(weights);
        wait_groups<0>();
        release(stage > at.first_stage);
      }
      """;

  /** The products of the stage before are done when as many groups as there are sets have been started in this one. */
  private static final String RELEASE = """
      if (turn_of_cell == kSets - 1) {
        release(stage > at.first_stage);
      }
      """;

  /** Words are read ahead of the products that separate this unit from the next. */
  private static final String LOAD_NEXT = """
      if (cell == kCells - 1 && part + kPart == 4) {
        constexpr int kRound = kBlockK / kUnitK;
        const int next = (turn_of_cell + 1) / kCells;
        if (next < kUnitsPerStage * own_tiles) {
          load_unit(slot, next / kRound % own_tiles, next / kRound / own_tiles * kRound + next % kRound, at.lane, words);
        }
      }
      """;

  private static String step(WarpgroupIr.Decoded ir) {
    return "multiply(acc[r], weights[f], tile + 2 * f, 1);\n"
        + (ir.sum().isEmpty() ? "" : """
            if (r == 0) {
              multiply(sum, ones, tile + 2 * f, 1);
            }
            """);
  }

  private static String groupStep(WarpgroupIr.Decoded ir) {
    Stage.ApplyParams apply = ir.apply();
    boolean sums = apply.needsSum();
    return """
        const int first = column + 16 * f;  // feature of the stage
        const int job = (first / kBlockK * own_tiles + r) * (kBlockK / kFlushK) + first %% kBlockK / kFlushK;
        multiply(acc[job %% 2], weights[f], tile + 2 * f, first %% kFlushK != 0);
        %sconst bool complete = (first + 16) %% kFlushK == 0;
        if (f + 1 == part + kPart) {
          close_group();
          if (first %% kFlushK <= 16 * f) {  // the first products of this sum; those of the last sum must be done by now
            const int last = first %% kBlockK >= kFlushK ? r : (r + own_tiles - 1) %% own_tiles;
            wait_groups<1>();
            settle(acc[1 - job %% 2]);
            %sapply(total[last], acc[1 - job %% 2], %spending%s);
          }
          if (complete) {
            const int flush = first / kFlushK;
        %s    pending = %s;
        %s  }
        }
        """
        .formatted(sums ? "multiply(sums[job % 2], ones, tile + 2 * f, first % kFlushK != 0);\n" : "",
            sums ? "settle(sums[1 - job % 2]);\n    " : "", sums ? "sums[1 - job % 2], " : "",
            sums ? ", pending_shift" : "",
            Text.indent(4, ApplyParamsEmitter.parameters(apply)), ApplyParamsEmitter.scale(apply),
            sums ? "    pending_shift = shift;\n" : "");
  }

  private static String finish(WarpgroupIr.Decoded ir) {
    String settle = """
        #pragma unroll
        for (int i = 0; i < kSums; ++i) {
          settle(acc[i]);
        }
        """;
    if (!ir.apply().grouped()) {
      return settle + (ir.sum().isEmpty() ? "" : "settle(sum);\n");
    }
    return settle + (ir.sum().isEmpty()
        ? "apply(total[own_tiles - 1], acc[1], pending);\n"
        : "settle(sums[1]);\napply(total[own_tiles - 1], acc[1], sums[1], pending, pending_shift);\n");
  }
}
