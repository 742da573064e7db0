package org.bitloom.tests.emulated;

import java.util.List;

import org.bitloom.runtime.api.SignFamily;

/** Deliberate mistakes in the families of binary-coded weights. */
final class SignFaults {
  private static final KernelText DIGITS = text("signs_plain", SignFamily.DIGIT_MMA);
  private static final KernelText WEIGHTS = text("signs_plain", SignFamily.SIGN_MMA);
  private static final KernelText WHOLE_LEVELS = text("signs_two", SignFamily.SIGN_MMA);
  private static final KernelText ADDED_PLANES = text("signs_fine", SignFamily.SIGN_MMA);
  private static final KernelText WARPGROUPS = text("signs_plain", SignFamily.SIGN_WGMMA);
  private static final KernelText TABLES = text("signs_plain", SignFamily.LUT_GEMV);

  private static KernelText text(String kernel, SignFamily family) {
    return KernelText.of(kernel, family.title());
  }

  /** All of them; what families have in common is made wrong in one of them. */
  static final List<Fault> ALL = List.of(
      new Fault("second pair of fragments shifted like the first", DIGITS,
          "<< kSecondPair, signs[1]",
          "<< kFirstPair, signs[1]"),
      new Fault("two registers of digits swapped", DIGITS,
          "x[j][c][2 * f], x[j][c][2 * f + 1]",
          "x[j][c][2 * f + 1], x[j][c][2 * f]"),
      new Fault("sums of digits start on the wrong side of 0", DIGITS,
          "kMagic - 2 * low,",
          "kMagic + 2 * low,"),
      new Fault("high digits not where their cells are swapped", DIGITS,
          "store_shared_4((to ^ 64) + 256,",
          "store_shared_4(to + 256,"),
      new Fault("second half of a unit takes the scales of the first", DIGITS,
          "const int group = flush * kUnitGroups / kFlushes;",
          "const int group = 0;"),
      new Fault("no barrier before digits are read", DIGITS,
          "k, pairs);\n    __syncthreads();",
          "k, pairs);"),
      new Fault("totals of a turn where those of the one before are read", DIGITS,
          "      ring.parity ^= 1;\n",
          ""),
      new Fault("sums of earlier windows dropped", DIGITS,
          "window == at.first_unit ? 0.0f : *earlier",
          "0.0f"),
      new Fault("off by one at the last group of k", DIGITS,
          "% kUnitGroups, at.groups - 1)",
          "% kUnitGroups, at.groups)"),
      new Fault("third signs of other fragments looked up", WEIGHTS,
          "blend(two, third, rotate_left(0x33333333u, f))",
          "blend(two, third, 0x33333333u)"),
      new Fault("levels of rows g for rows g + 8", WEIGHTS,
          "tabulate<1>(pairs,",
          "tabulate<0>(pairs,"),
      new Fault("upper half of the numbers of levels not taken", WEIGHTS,
          "upper_half(byte_order(s, f))",
          "byte_order(s, f)"),
      new Fault("bytes of a level swapped", WHOLE_LEVELS,
          "numbers * 0x22 + 0x10101010u",
          "numbers * 0x22 + 0x01010101u"),
      new Fault("signs of odd fragments taken one bit too high", WHOLE_LEVELS,
          "blend(bits[0] >> 1, bits[1], 0x55555555u)",
          "blend(bits[0] >> 2, bits[1], 0x55555555u)"),
      new Fault("one register of a fragment shifted as the next", ADDED_PLANES,
          "{{14, 10, 6, 2}, {14, 10, 6, 2}, {12,",
          "{{14, 6, 6, 2}, {14, 10, 6, 2}, {12,"),
      new Fault("sums of even fragments start without the scales", ADDED_PLANES,
          "start[0][0] = both_low(least);",
          "start[0][0] = both_low(offsets);"),
      new Fault("scales of rows g and g + 8 swapped in sums of planes", ADDED_PLANES,
          "scales[p][i % 2], weights[i])",
          "scales[p][1 - i % 2], weights[i])"),
      new Fault("no barrier between the warps that share a unit of activations", WEIGHTS,
          "    sync_stage(at);\n",
          ""),
      new Fault("off by one at the ragged edge of k, rows not aligned, signs", WEIGHTS,
          "e < valid ? from[e]",
          "e <= valid ? from[e]"),
      new Fault("last part of split-K dropped", WEIGHTS,
          "s < gridDim.y; ++s",
          "s < gridDim.y - 1; ++s"),
      new Fault("no fence between copied activations and products of warpgroups", WARPGROUPS,
          "  fence_for_products();\n  if",
          "  if"),
      new Fault("totals stored before the last products end", WARPGROUPS,
          "  wait_groups<0>();\n",
          ""),
      new Fault("registers not fenced before a product", WARPGROUPS,
          "        open_group();\n",
          ""),
      new Fault("descriptor moved by half a step along k", WARPGROUPS,
          "weights[0], first + 2 * f, 1)",
          "weights[0], first + f, 1)"),
      new Fault("one entry of a table has another one's sign", TABLES,
          "__float_as_uint(base + difference)",
          "__float_as_uint(base - difference)"),
      new Fault("keys shifted by one bit too many", TABLES,
          "words[cell] >> (4 * half - 2)",
          "words[cell] >> (4 * half - 1)"),
      new Fault("tables of one lane of a quad for two of them", TABLES,
          "half / 2 * 256 + s * 128",
          "half / 2 * 256"),
      new Fault("no barrier before sums are read from tables", TABLES,
          "  __syncthreads();\n  for (int item = threadIdx.x; item < units * kFlushes",
          "  for (int item = threadIdx.x; item < units * kFlushes"),
      new Fault("off by one at the ragged edge of k, tables", TABLES,
          "column + 16 * f < k ?",
          "column + 16 * f <= k ?"),
      new Fault("sum of half of the features", TABLES,
          "total.v[r][j][i] + __shfl_xor_sync(0xffffffffu, total.v[r][j][i], 1)",
          "total.v[r][j][i]"));

  private SignFaults() {
  }
}
