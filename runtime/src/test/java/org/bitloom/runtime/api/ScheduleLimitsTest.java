package org.bitloom.runtime.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a space says of schedules that somebody else wrote: those it accepts fit the device, for the problem at hand. */
class ScheduleLimitsTest {
  private static final Bounds ANY = new Bounds(1, 4096);

  private static SignSpace digits() {
    return new SignSpace(SignFamily.DIGIT_MMA, 2, 3, 2, ANY, ANY, ANY, ANY, ANY);
  }

  /** Results of earlier windows wait in shared memory, for all blocks of rows that a thread block takes. */
  @Test
  void signSchedulesAreRejectedForProblemsWhoseResultsDoNotFit() {
    Schedule one = new SignSchedule(SignFamily.DIGIT_MMA, 8, 1, 1, 2, 64, 2, 1, 1, 1);
    Problem small = new Problem(128, 65536, 16);
    Problem large = new Problem(128 * 64, 65536, 16);
    assertEquals(Optional.empty(), digits().rejection(one, small, DeviceLimits.H100));
    assertTrue(digits().launch(one, small).smemBytes() <= DeviceLimits.H100.smemPerBlock());
    assertTrue(digits().launch(one, large).smemBytes() > DeviceLimits.H100.smemPerBlock());
    String reason = digits().rejection(one, large, DeviceLimits.H100).orElseThrow();
    assertTrue(reason.contains("bytes of shared memory"), reason);
  }

  /** Their products must not wrap around to something that looks legal. */
  @ParameterizedTest
  @ValueSource(strings = {"sign-mma.n134217728.k1.r1.b1.w1.s2.g1.x1.o1", "dequant-mma.n4097.k1.r1.b1.u1.s2.x1.o1"})
  void numbersAreSmallEnoughToMultiply(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text)).getMessage();
    assertTrue(message.contains("1..4096"), message);
  }

  /** Rows of a vocabulary, say: a block for each few of them is one way, however many there are. */
  @Test
  void matricesMayHaveMillionsOfRows() {
    Problem problem = new Problem(1 << 24, 1024, 64);
    DequantWgmmaSpace space = new DequantWgmmaSpace(4, 64, false, List.of(), 0, 0, 0, ANY, ANY, ANY, ANY, ANY);
    Schedule most = space.candidates(problem, DeviceLimits.H100).stream()
        .max(Comparator.comparingInt(schedule -> space.launch(schedule, problem).gridX())).orElseThrow();
    assertEquals(1 << 18, space.launch(most, problem).gridX());
    assertEquals(most, Schedule.parse(most.toString()));
    assertEquals(Optional.empty(), space.rejection(most, problem, DeviceLimits.H100));
  }

  @Test
  void spacesTakeNoSchedulesOfTheOtherFamily() {
    Problem problem = new Problem(256, 1024, 16);
    IntegerMmaSpace bytes = new IntegerMmaSpace(IntegerMmaSchedule.BYTES, 4, 128, 1, 1, 8, IntegerMmaSpace.Sums.INTEGER,
        ANY, ANY, ANY, ANY, ANY);
    Schedule planes = new IntegerMmaSchedule(IntegerMmaSchedule.PLANES, 4, 1, 1, 16, 1, 2, 1, 1);
    IntegerWgmmaSpace wide = new IntegerWgmmaSpace(IntegerWgmmaSchedule.BYTES, 2, 1, ANY, ANY, ANY, ANY, ANY);
    Schedule widePlanes = new IntegerWgmmaSchedule(IntegerWgmmaSchedule.PLANES, 1, 16, 3, 1, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> bytes.launch(planes, problem));
    assertThrows(IllegalArgumentException.class, () -> wide.launch(widePlanes, problem));
    assertEquals(List.of(false, false), List.of(bytes.rejection(planes, problem, DeviceLimits.H100).isEmpty(),
        wide.rejection(widePlanes, problem, DeviceLimits.H100).isEmpty()));
  }
}
