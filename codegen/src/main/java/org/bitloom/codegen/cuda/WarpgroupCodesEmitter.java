package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;

/** Emits the stream of packed codes of a warpgroup kernel: to each lane's own bytes of a ring, and on to registers. */
final class WarpgroupCodesEmitter {
  private WarpgroupCodesEmitter() {
  }

  static StagePart emit(Stage.StreamCodes stage) {
    return StagePart.empty()
        .constants(StreamCodesEmitter.constants(stage))
        .functions(copies("codes", "stream_codes(const u8* codes,", "kChunks",
            """
                const u8* from = codes + (static_cast<u64>(at.tile(r)) * at.units + stage * kUnitsPerStage) * kUnitBytes
                    + at.lane * 16;
                """, "from + ((valid ? u : 0) * kChunks + c) * 512")
            + """

                // Reads back this lane's words of one unit of row tile r.
                __device__ __forceinline__ void load_unit(u32 from, int r, int unit, int lane, u32 (&words)[kCodeBits * kCells]) {
                #pragma unroll
                  for (int c = 0; c < kChunks; ++c) {
                    load_shared_4(from + ((r * kUnitsPerStage + unit) * kChunks + c) * 512 + lane * 16, &words[4 * c]);
                  }
                }
                """)
        .setup("""
            const u64 policy = evict_first_policy();
            """)
        .weights("""
            stream_codes(codes, to, at, stage, policy);
            """);
  }

  /**
   * A function that starts the copies of one stage by one lane, 16 bytes at a time.
   *
   * @param what a stage is of, in words
   * @param begin the function's name and its first parameters
   * @param chunks how many copies a unit takes: a constant of the text
   * @param row what a row tile's copies begin with
   * @param chunk where copy {@code c} of unit {@code valid ? u : 0} begins
   */
  static String copies(String what, String begin, String chunks, String row, String chunk) {
    return """
        // Starts the copies of one stage of %1$s, this lane's bytes; units past k and row tiles that a warpgroup lacks become
        // zeros.
        __device__ __forceinline__ void %2$s u32 to, const Place& at, int stage, u64 policy) {
        #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
        %4$s    const bool wanted = at.has(r);
        #pragma unroll
            for (int u = 0; u < kUnitsPerStage; ++u) {
              const bool valid = u == 0 || stage * kUnitsPerStage + u < at.units;
        #pragma unroll
              for (int c = 0; c < %3$s; ++c) {
                copy_16_streamed(to + ((r * kUnitsPerStage + u) * %3$s + c) * 512,
                                 %5$s, valid && wanted ? 16 : 0, policy);
              }
            }
          }
        }
        """
        .formatted(what, begin, chunks, Text.indent(4, row), chunk);
  }
}
