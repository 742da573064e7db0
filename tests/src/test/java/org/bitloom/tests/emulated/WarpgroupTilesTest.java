package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Optional;

import org.bitloom.Bitloom;
import org.bitloom.Compiled;
import org.bitloom.runtime.api.DequantWgmmaSchedule;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Warpgroup kernels on layers of several row tiles that blocks share unevenly, and deliberate mistakes in them. */
class WarpgroupTilesTest {
  /** Four tiles of 64 rows, the last one of 8; more stages than the ring has slots, the last one not whole. */
  private static final int ROWS = 200;
  private static final int FEATURES = 1104;
  private static final int BATCH = 40;
  private static final String DECLARATIONS = """
      format fp6 { element float e3m2  scale f16 per row }
      format integer { element int 4  scale f16 per 128 }
      format small { element float e2m1 finite  scale e4m3 per 16  scale f32 per tensor }
      format rank1 { element uint 4  scale f16 per 64  zero f16 per 128  offset bf16 per row }
      format book { element codebook [-1, -0.6, -0.3, -0.1, 0, 0.2, 0.5, 1]  scale f16 per 64 }
      format signs { element binary 3  scale f16 per 128  offset f16 per 128 }
      format sparse { element binary 5  scale f16 per 512 }
      kernel fp6_f16 { y f16 = x f16 * fp6  epilogue bias, silu }
      kernel integer_f16 { y f16 = x f16 * integer }
      kernel integer_bf16 { y bf16 = x bf16 * integer  epilogue gelu }
      kernel small_bf16 { y bf16 = x bf16 * small }
      kernel rank1_f16 { y f16 = x f16 * rank1 }
      kernel book_bf16 { y bf16 = x bf16 * book }
      kernel signs_f16 { y f16 = x f16 * signs  epilogue bias }
      kernel signs_bf16 { y bf16 = x bf16 * signs  epilogue silu }
      kernel sparse_f16 { y f16 = x f16 * sparse }
      """;
  private static final List<Schedule> WISHES = List.of(new DequantWgmmaSchedule(2, 1, 2, 2, 4, 1, 3, 1),
      new DequantWgmmaSchedule(1, 1, 4, 4, 3, 3, 4, 1), new DequantWgmmaSchedule(2, 1, 8, 4, 3, 2, 2, 1),
      new DequantWgmmaSchedule(2, 2, 4, 2, 3, 2, 1, 1), new DequantWgmmaSchedule(4, 1, 2, 4, 3, 1, 1, 1),
      new DequantWgmmaSchedule(1, 2, 2, 1, 4, 1, 2, 1), new DequantWgmmaSchedule(2, 1, 4, 1, 3, 2, 3, 1),
      new DequantWgmmaSchedule(1, 2, 4, 4, 2, 2, 1, 1), new DequantWgmmaSchedule(3, 1, 2, 2, 2, 1, 1, 1),
      new DequantWgmmaSchedule(1, 2, 2, 4, 2, 1, 3, 2), new DequantWgmmaSchedule(2, 1, 1, 2, 3, 2, 2, 1),
      new DequantWgmmaSchedule(1, 3, 1, 1, 3, 1, 2, 1));

  private static Device device;
  private static Compiled compiled;

  @BeforeAll
  static void open() {
    device = Devices.open("emulated");
    compiled = Bitloom.compile("tiles.bl", DECLARATIONS);
  }

  @AfterAll
  static void close() {
    device.close();
  }

  private static List<Schedule> schedules(KernelUnit kernel) {
    Problem problem = new Problem(ROWS, FEATURES, BATCH);
    return WISHES.stream().filter(s -> kernel.space().rejection(s, problem, device.info().limits()).isEmpty()).toList();
  }

  private static Workload work(KernelUnit kernel) {
    return Workload.quantized(compiled.format(kernel.format().name()), kernel, ROWS, FEATURES, BATCH, 7);
  }

  /** A cluster is whole, also where k has fewer stages than it has blocks, and each of them takes one pass. */
  @Test
  void clustersAreWholeAndTakeOnePass() {
    KernelUnit kernel = compiled.kernel("fp6_f16");
    DequantWgmmaSchedule three = new DequantWgmmaSchedule(2, 1, 2, 1, 4, 3, 1, 1);
    int stageK = three.unitsPerStage() * kernel.layout().unitK();
    for (int stages = 1; stages < 5; stages++) {
      LaunchShape shape = kernel.space().launch(three, new Problem(ROWS, stages * stageK - 1, BATCH));
      assertEquals(three.splitK(), shape.gridY());
      assertEquals(2, shape.gridX());
    }
    for (int k : new int[]{stageK - 1, 2 * stageK}) {
      Workload work = Workload.quantized(compiled.format("fp6"), kernel, ROWS, k, BATCH, 7);
      assertEquals(Optional.empty(), new KernelCheck(device).first(work, List.of(three), List.of(BATCH)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp6_f16", "integer_f16", "integer_bf16", "small_bf16", "rank1_f16", "book_bf16", "signs_f16",
      "signs_bf16", "sparse_f16"})
  void everyBlockMultipliesItsShare(String name) {
    KernelUnit kernel = compiled.kernel(name);
    List<Schedule> schedules = schedules(kernel);
    assertTrue(schedules.size() >= 3, schedules::toString);
    assertEquals(Optional.empty(), new KernelCheck(device).first(work(kernel), schedules, List.of(3, BATCH)));
  }

  @Test
  void mistakesAreFound() {
    KernelUnit kernel = compiled.kernel("integer_f16");
    KernelUnit plain = compiled.kernel("fp6_f16");
    assertFound(kernel, "arrive_after_copies(filled", "arrive(filled");
    assertFound(kernel, "wait_phase(emptied + 8 * turn.slot, turn.parity ^ 1);", "");
    assertFound(kernel, "wait_phase(filled + 8 * turn.slot, turn.parity);", "");
    assertFound(kernel, "kFewerTiles > 0 && at.has(0)", "false");
    assertFound(kernel, "(chunk ^ (row & 7)) * 16", "chunk * 16");
    assertFound(kernel, "tile + 2 * f", "tile");
    assertFound(kernel, "first % kFlushK != 0", "1");
    assertFound(kernel, "acc[1 - job % 2]", "acc[job % 2]");
    assertFound(kernel, "mine.row + rows < at.columns ? 16 : 0", "16");
    assertFound(plain, "1ull << 62 | 64ull << 32", "1ull << 62 | 32ull << 32");
    assertFound(plain, "result[i][e] + part", "part");
    assertFound(plain, "&& at.has(r) && row < n", "&& row < n");
  }

  private static void assertFound(KernelUnit kernel, String right, String wrong) {
    KernelVariant variant = kernel.variants().stream().filter(v -> v.family().equals(DequantWgmmaSchedule.FAMILY))
        .findFirst().orElseThrow();
    String cuda = variant.cuda();
    assertTrue(cuda.contains(right), () -> "'" + right + "' is not in the text");
    KernelUnit changed = new KernelUnit(kernel.entry(), kernel.format(), kernel.layout(), kernel.x(), kernel.y(),
        kernel.epilogue(), List.of(new KernelVariant(variant.family(), cuda.replace(right, wrong), variant.order(),
            variant.space())));
    assertTrue(
        new KernelCheck(device).first(work(kernel).with(changed), schedules(kernel), List.of(3, BATCH)).isPresent(),
        () -> "'" + wrong + "' instead of '" + right + "' is not found");
  }
}
