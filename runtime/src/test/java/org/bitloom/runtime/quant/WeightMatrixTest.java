package org.bitloom.runtime.quant;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.numeric.Bf16;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Unquantized matrices: where their rows lie in memory, and which memory is refused. */
class WeightMatrixTest {
  private static void set(MemorySegment data, ElementType type, int index, float number) {
    switch (type) {
      case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * index, Float.floatToFloat16(number));
      case BF16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * index, Bf16.fromDouble(number));
      case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * index, number);
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void everyRowIsReadFromItsOwnPlaceAlsoWhereMemoryIsNotAligned(ElementType type) {
    MemorySegment data = Arena.ofAuto().allocate(1 + 6L * type.bytes(), 8).asSlice(1);
    for (int i = 0; i < 6; i++) {
      set(data, type, i, i - 2.5f);
    }
    WeightMatrix matrix = new WeightMatrix(data, type, 3, 2);
    double[] row = new double[2];
    for (int i = 0; i < 3; i++) {
      matrix.row(i, row);
      assertArrayEquals(new double[]{2 * i - 2.5, 2 * i - 1.5}, row, "row " + i);
    }
  }

  @Test
  void memoryOfAnotherSizeIsRefused() {
    for (long bytes : new long[]{0, 10, 11, 13, 14, 24}) {
      MemorySegment data = Arena.ofAuto().allocate(bytes);
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
          () -> new WeightMatrix(data, ElementType.BF16, 2, 3), bytes + " bytes");
      assertTrue(e.getMessage().contains("2 x 3 numbers of BF16 are 12 bytes, not " + bytes), e.getMessage());
    }
    assertEquals(3, new WeightMatrix(Arena.ofAuto().allocate(12), ElementType.BF16, 2, 3).k());
  }

  @Test
  void matricesWithoutWeightsAreRefused() {
    MemorySegment none = Arena.ofAuto().allocate(0);
    assertThrows(IllegalArgumentException.class, () -> new WeightMatrix(none, ElementType.F32, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> new WeightMatrix(none, ElementType.F32, 3, 0));
  }
}
