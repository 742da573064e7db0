package org.bitloom.runtime.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.ThreadMXBean;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ArgumentBlock;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.IntegerBound;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.Stream;
import org.junit.jupiter.api.Test;

import static org.bitloom.runtime.launch.TestKernels.GROUP_SCALE;
import static org.bitloom.runtime.launch.TestKernels.OFFSET;
import static org.bitloom.runtime.launch.TestKernels.TENSOR_SCALE;
import static org.bitloom.runtime.launch.TestKernels.ZERO;
import static org.bitloom.runtime.launch.TestKernels.format;
import static org.bitloom.runtime.launch.TestKernels.packed;
import static org.bitloom.runtime.launch.TestKernels.unit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@SuppressWarnings("restricted") // looks at native memory and libraries
class KernelLinearTest {
  private static final FormatInfo FORMAT = format(GROUP_SCALE, TENSOR_SCALE, ZERO, OFFSET);

  private record Launch(LaunchShape shape, List<Long> arguments) {
  }

  private final List<Launch> launches = new ArrayList<>();
  private final FakeDevice device = new FakeDevice((shape, arguments) -> launches.add(copy(shape, arguments)));
  private final Arena arena = Arena.ofAuto();

  private static Launch copy(LaunchShape shape, ArgumentBlock arguments) {
    List<Long> values = new ArrayList<>();
    MemorySegment pointers = arguments.pointers();
    for (int i = 0; i < ArgumentBlock.COUNT; i++) {
      MemorySegment slot = MemorySegment.ofAddress(pointers.getAtIndex(ValueLayout.JAVA_LONG, i)).reinterpret(8);
      values.add(i < 10 ? slot.get(ValueLayout.JAVA_LONG, 0) : slot.get(ValueLayout.JAVA_INT, 0));
      assertEquals(values.getLast(), arguments.value(i));
    }
    return new Launch(shape, values);
  }

  private KernelLinear linear(FormatInfo format, int n, int k) {
    return new KernelLinear(device, unit(format), packed(format, n, k, arena), Optional.empty(),
        ScheduleChooser.FIRST_CHOICE);
  }

  @Test
  void argumentsComeInTheOrderOfTheKernel() {
    int n = 40;
    int k = 300;
    PackedWeights packed = packed(FORMAT, n, k, arena);
    MemorySegment bias = arena.allocate(2L * n, 2);
    bias.fill((byte) 0x5a);
    try (KernelLinear linear = new KernelLinear(device, unit(FORMAT, EpilogueOp.BIAS), packed,
        Optional.of(bias), ScheduleChooser.FIRST_CHOICE); Stream stream = device.openStream()) {
      linear.prepare(5);
      linear.forward(0xaaaa0L, 0xbbbb0L, 5, stream);
      List<Long> arguments = launches.getFirst().arguments();
      List<PackedShape.Section> planes = packed.shape().planes();
      long base = arguments.get(0);
      assertEquals(List.of(base, base + planes.get(0).offset(), base + planes.get(1).offset(),
          base + planes.get(2).offset(), base + planes.get(3).offset()), arguments.subList(0, 5));
      assertEquals(List.of(0xaaaa0L, 0xbbbb0L, FakeDevice.PARTIAL, FakeDevice.COUNTERS, (long) n, (long) k, 5L),
          arguments.subList(6, 13));
      MemorySegment onDevice = MemorySegment.ofAddress(base).reinterpret(packed.bytes().byteSize());
      assertEquals(-1, onDevice.mismatch(packed.bytes()));
      assertEquals(-1, MemorySegment.ofAddress(arguments.get(5)).reinterpret(2L * n).mismatch(bias));
    }
    assertEquals(0, device.liveBuffers);
  }

  @Test
  void activationsAreQuantizedIntoTheBufferOfTheStream() {
    FormatInfo format = format(TENSOR_SCALE);
    ActivationCode code = new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2);
    try (KernelLinear linear = new KernelLinear(device, TestKernels.quantizing(format, code),
        packed(format, 16, 300, arena), Optional.empty(), ScheduleChooser.FIRST_CHOICE);
        Stream stream = device.openStream()) {
      linear.prepare(3);
      linear.forward(0xaaaa0L, 0xbbbb0L, 3, stream);
      assertEquals(List.of(new FakeDevice.Quantization(0xaaaa0L, FakeDevice.QUANTIZED, 3, 300)), device.quantizations);
      assertEquals(List.of(FakeDevice.QUANTIZED, 0xbbbb0L), launches.getFirst().arguments().subList(6, 8));
      linear.quantize(0xaaaa0L, 0xcccc0L, 4, stream);
      linear.forwardQuantized(0xcccc0L, 0xbbbb0L, 4, stream);
      assertEquals(new FakeDevice.Quantization(0xaaaa0L, 0xcccc0L, 4, 300), device.quantizations.getLast());
      assertEquals(List.of(0xcccc0L, 0xbbbb0L), launches.getLast().arguments().subList(6, 8));
      assertTrue(linear.quantizedBytes(3) > 0);
    }
  }

  @Test
  void kernelsOfPlainActivationsTakeNoQuantizedOnes() {
    try (KernelLinear linear = linear(format(TENSOR_SCALE), 16, 128); Stream stream = device.openStream()) {
      linear.prepare(1);
      assertEquals(0, linear.quantizedBytes(1));
      assertThrows(UnsupportedOperationException.class, () -> linear.quantize(16, 32, 1, stream));
      assertThrows(UnsupportedOperationException.class, () -> linear.forwardQuantized(16, 32, 1, stream));
    }
  }

  @Test
  void sumsThatCouldOverflowAreRefused() {
    FormatInfo wide = new FormatInfo("wide", "format wide { element bipolar 1 }", 1, DecodeTable.of(-255, 255),
        List.of(TENSOR_SCALE));
    ActivationCode code = new ActivationCode(ActivationCode.Encoding.BIPOLAR, 8);
    assertEquals(33_025, IntegerBound.features(wide, code));
    KernelUnit unit = TestKernels.quantizing(wide, code);
    refused(unit, packed(wide, 16, 33_026, arena), Optional.empty(), "at most 33025");
  }

  @Test
  void absentPlanesAreZero() {
    List<Long> onlyTensor = argumentsOf(format(TENSOR_SCALE));
    assertTrue(onlyTensor.get(1) > onlyTensor.get(0));
    assertEquals(List.of(0L, 0L, 0L, 0L), onlyTensor.subList(2, 6));
  }

  private List<Long> argumentsOf(FormatInfo format) {
    launches.clear();
    try (KernelLinear linear = linear(format, 16, 128); Stream stream = device.openStream()) {
      linear.prepare(1);
      linear.forward(16, 16, 1, stream);
      return launches.getFirst().arguments();
    }
  }

  @Test
  void aThirdScaleIsRefused() {
    assertThrows(IllegalArgumentException.class,
        () -> linear(format(GROUP_SCALE, GROUP_SCALE, TENSOR_SCALE), 16, 128));
    assertEquals(0, device.liveBuffers);
  }

  @Test
  void batchesAreReadyInBucketsThatShareASchedule() {
    try (KernelLinear linear = linear(FORMAT, 40, 300); Stream stream = device.openStream()) {
      linear.prepare(1, 3, 6, 20);
      for (int m : new int[]{1, 3, 4, 5, 7, 8, 17, 20, 24}) {
        linear.forward(16, 16, m, stream);
        Launch launch = launches.getLast();
        assertEquals(2L * 40 * m * 4, launch.shape().partialBytes());
        assertEquals(m, launch.arguments().get(12).intValue());
        assertTrue(device.prepared.contains(launch.shape()));
        assertEquals("dequant-mma.n1.k4.r1.b" + Math.ceilDiv(m, 8) + ".u1.s2.x2.o1", linear.schedule(m));
      }
      for (int m : new int[]{2, 9, 16, 25, 1000}) {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> linear.forward(16, 16, m, stream));
        assertTrue(e.getMessage().contains("prepare(" + m + ")"), e.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> linear.forward(16, 16, 0, stream));
      assertThrows(IllegalArgumentException.class, () -> linear.prepare(-1));
      assertThrows(IllegalArgumentException.class, () -> linear.forward(0, 16, 1, stream));
      assertEquals(64, linear.report(4).orElseThrow().registers());
      assertEquals(2, device.compilations());
    }
  }

  @Test
  void aPinnedScheduleStays() {
    try (KernelLinear linear = linear(FORMAT, 40, 300)) {
      Schedule pinned = new DequantMmaSchedule(2, 2, 1, 1, 1, 3, 4, 1);
      linear.prepare(6, pinned);
      linear.prepare(4, 8);
      assertEquals(pinned.toString(), linear.schedule(5));
      assertEquals("dequant-mma.n1.k4.r1.b1.u1.s2.x2.o1", linear.schedule(3));
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
          () -> linear.prepare(6, new DequantMmaSchedule(1, 1, 1, 1, 1, 9, 1, 1)));
      assertTrue(e.getMessage().contains("9 stages do not fit"), e.getMessage());
      assertEquals(pinned.toString(), linear.schedule(5));
    }
  }

  @Test
  void closedWeightsRefuse() {
    KernelLinear linear = linear(FORMAT, 40, 300);
    linear.prepare(1);
    linear.close();
    linear.close();
    assertEquals(0, device.liveBuffers);
    assertThrows(IllegalStateException.class, () -> linear.forward(16, 16, 1, device.openStream()));
    assertThrows(IllegalStateException.class, () -> linear.prepare(9));
    assertThrows(IllegalStateException.class, () -> linear.withPlanes(new SignPlanes(1)));
  }

  @Test
  void batchesHaveAnEnd() {
    try (KernelLinear linear = linear(FORMAT, 40, 300); Stream stream = device.openStream()) {
      for (int m : new int[]{KernelLinear.MAX_BATCH + 1, Integer.MAX_VALUE, 0, -1}) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> linear.prepare(m));
        assertEquals("a batch is 1..1048576, not " + m, e.getMessage());
        assertThrows(IllegalArgumentException.class,
            () -> linear.prepare(m, new DequantMmaSchedule(2, 2, 1, 1, 1, 3, 4, 1)));
        assertThrows(IllegalArgumentException.class, () -> linear.forward(16, 16, m, stream));
      }
      assertThrows(IllegalStateException.class, () -> linear.forward(16, 16, KernelLinear.MAX_BATCH, stream));
    }
  }

  @Test
  void weightsAndBiasMustFitTheKernel() {
    PackedWeights other = packed(format(GROUP_SCALE), 40, 300, arena);
    KernelUnit unit = unit(FORMAT);
    KernelUnit biased = unit(FORMAT, EpilogueOp.BIAS);
    PackedWeights weights = packed(FORMAT, 40, 300, arena);
    refused(unit, other, Optional.empty(), "declare");
    refused(unit, weights, Optional.of(arena.allocate(80)), "takes no bias");
    refused(biased, weights, Optional.empty(), "needs a bias");
    refused(biased, weights, Optional.of(arena.allocate(40)), "80 bytes, not 40");
    assertEquals(0, device.liveBuffers);
  }

  private void refused(KernelUnit unit, PackedWeights weights, Optional<MemorySegment> bias, String reason) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> new KernelLinear(device, unit, weights, bias, ScheduleChooser.FIRST_CHOICE));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void manyThreadsShareOneStream() throws Exception {
    AtomicLong mixed = new AtomicLong();
    AtomicLong sum = new AtomicLong();
    FakeDevice checking = new FakeDevice((shape, arguments) -> {
      long x = arguments.value(6);
      long m = arguments.value(12);
      if (arguments.value(7) != x + 1 || x % 24 + 1 != m || shape.partialBytes() != 2 * 40 * m * 4) {
        mixed.incrementAndGet();
      }
      sum.addAndGet(m);
    });
    try (KernelLinear linear = new KernelLinear(checking, unit(FORMAT),
        packed(FORMAT, 40, 300, arena), Optional.empty(), ScheduleChooser.FIRST_CHOICE);
        Stream stream = checking.openStream();
        ExecutorService pool = Executors.newFixedThreadPool(4)) {
      linear.prepare(1, 2, 4, 8, 16, 24);
      List<Future<Long>> threads = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread + 1;
        threads.add(pool.submit(() -> {
          long own = 0;
          for (long x = first; x < 40_000; x += 4) {
            int m = (int) (x % 24 + 1);
            linear.forward(x, x + 1, m, stream);
            own += m;
          }
          return own;
        }));
      }
      long expected = 0;
      for (Future<Long> thread : threads) {
        expected += thread.get();
      }
      assertEquals(expected, sum.get());
      assertEquals(0, mixed.get());
    }
  }

  @Test
  void forwardAllocatesNothing() {
    AtomicLong count = new AtomicLong();
    FakeDevice counting = new FakeDevice((shape, arguments) -> count.incrementAndGet());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (KernelLinear linear = new KernelLinear(counting, unit(FORMAT),
        packed(FORMAT, 40, 300, arena), Optional.empty(), ScheduleChooser.FIRST_CHOICE);
        Stream stream = counting.openStream()) {
      linear.prepare(1, 2, 4, 8, 16);
      // The compiler's own switch from one version of the loop to the next allocates a little; steady rounds must not.
      long[] allocated = new long[10];
      for (int round = 0; round < allocated.length; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 20_000; i++) {
          linear.forward(16, 32, 1 + i % 16, stream);
        }
        allocated[round] = threads.getCurrentThreadAllocatedBytes() - before;
      }
      assertEquals(200_000, count.get());
      assertEquals(0, Arrays.stream(allocated).min().orElseThrow(), Arrays.toString(allocated));
    }
  }
}
