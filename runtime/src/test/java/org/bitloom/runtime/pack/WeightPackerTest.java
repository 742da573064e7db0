package org.bitloom.runtime.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.fixture.Formats;
import org.bitloom.runtime.fixture.Matrices;
import org.bitloom.runtime.fixture.NaturalPacker;
import org.bitloom.runtime.fixture.Tables;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.quant.Absmax;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.bitloom.runtime.fixture.Formats.scale;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class WeightPackerTest {
  static LongStream seeds() {
    return new Random().longs(40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void unpackingGivesBackEveryCodeAndParameter(long seed) {
    Random random = new Random(seed);
    FormatInfo format = Formats.random(random);
    QuantizedWeights weights = new Absmax().quantize(format,
        Matrices.random(random, 1 + random.nextInt(50), 1 + random.nextInt(200)));
    WeightPacker packer = new WeightPacker(Formats.packed(format), new ParallelRows(3));
    PackedWeights packed = packer.pack(weights, Arena.ofAuto());
    QuantizedWeights back = packer.unpack(packed, Arena.ofAuto());
    String what = "seed " + seed + ", " + format;
    assertEquals(-1, weights.codes().mismatch(back.codes()), what);
    for (int i = 0; i < format.planes().size(); i++) {
      assertEquals(-1, weights.planes().get(i).mismatch(back.planes().get(i)), what);
    }
    PackedWeights again = new WeightPacker(Formats.packed(format), new ParallelRows(1)).pack(weights, Arena.ofAuto());
    assertEquals(-1, packed.bytes().mismatch(again.bytes()), what);
  }

  @Test
  void parametersOfRowsGAndGPlus8LieSideBySide() {
    FormatInfo format = Formats.uint4Zero(32);
    int n = 19;
    int k = 70;
    int groups = 3;
    MemorySegment scales = Arena.ofAuto().allocate(2L * n * groups);
    MemorySegment zeros = Arena.ofAuto().allocate((long) n * groups);
    for (int row = 0; row < n; row++) {
      for (int group = 0; group < groups; group++) {
        scales.setAtIndex(ValueLayout.JAVA_SHORT, row * groups + group, (short) (1000 + 10 * row + group));
        zeros.setAtIndex(ValueLayout.JAVA_BYTE, row * groups + group, (byte) ((3 * row + group) & 15));
      }
    }
    QuantizedWeights weights = new QuantizedWeights(format, n, k, Arena.ofAuto().allocate((long) n * k),
        List.of(scales, zeros));
    PackedWeights packed = new WeightPacker(Formats.packed(format)).pack(weights, Arena.ofAuto());
    PackedShape.Section scaleSection = packed.shape().planes().get(0);
    PackedShape.Section zeroSection = packed.shape().planes().get(1);
    assertEquals(2L * groups * 16 * 2, scaleSection.bytes());
    assertEquals(2L * groups * 8, zeroSection.bytes());
    for (int row = 0; row < 32; row++) {
      for (int group = 0; group < groups; group++) {
        int pair = (row / 16 * groups + group) * 8 + row % 8;
        int half = row % 16 / 8;
        int scale = packed.bytes().get(ValueLayout.JAVA_SHORT, scaleSection.offset() + 2L * (2 * pair + half));
        int zero = packed.bytes().get(ValueLayout.JAVA_BYTE, zeroSection.offset() + pair) >> (4 * half) & 15;
        assertEquals(row < n ? 1000 + 10 * row + group : 0, scale);
        assertEquals(row < n ? 3 * row + group & 15 : 0, zero);
      }
    }
  }

  @Test
  void otherLayoutsAndFormatsAreRefused() {
    FormatInfo format = Formats.mxfp4();
    WeightFormat mine = Formats.packed(format);
    WeightFormat other = new WeightFormat(format, new LayoutInfo(64, "other"), new NaturalPacker(format), List.of());
    QuantizedWeights weights = new Absmax().quantize(format, Matrices.of(1, 1, 1));
    PackedWeights packed = new WeightPacker(other).pack(weights, Arena.ofAuto());
    assertThrows(IllegalArgumentException.class, () -> new WeightPacker(mine).unpack(packed, Arena.ofAuto()));
    FormatInfo int4 = Formats.of("int4", Tables.ints(4), scale(ParamType.Float.F16, Formats.groupsOf(32)));
    assertThrows(IllegalArgumentException.class,
        () -> new WeightPacker(Formats.packed(int4)).pack(weights, Arena.ofAuto()));
  }
}
