package org.bitloom.runtime.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.sun.management.ThreadMXBean;
import jcuda.driver.CUresult;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.compile.CacheFolder;
import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.compile.CompiledKernel;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.compile.NativeLibraries;
import org.bitloom.runtime.compile.NativePlaces;
import org.bitloom.runtime.launch.TestKernels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Needs a GPU; skipped without one, unless BITLOOM_REQUIRE_GPU=1. */
class CudaDeviceTest {
  /** y[b][row] = codes[row] + sum over slices z of (z + 1) * x[b][z], through the split-K workspace. */
  static final String CUDA = """
      typedef unsigned char u8;
      typedef unsigned short u16;
      extern "C" __global__ void linear_test(const u8* codes, const void* scale, const void* tensorScale,
          const void* zero, const void* offset, const void* bias, const u16* x, u16* y, unsigned* partial,
          unsigned* counters, int n, int k, int m) {
        extern __shared__ u8 smem[];
        __shared__ bool last;
        smem[STAGES * 16384 - 1] = 1;
        int row = blockIdx.x * 16 + threadIdx.x % 16;
        int slices = gridDim.z;
        for (int b = threadIdx.x / 16; b < m && row < n; b += blockDim.x / 16)
          partial[((long long) blockIdx.z * m + b) * n + row] = (blockIdx.z + 1) * x[(long long) b * k + blockIdx.z];
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) last = atomicAdd(&counters[blockIdx.x], 1u) == slices - 1;
        __syncthreads();
        if (!last) return;
        __threadfence();
        for (int b = threadIdx.x / 16; b < m && row < n; b += blockDim.x / 16) {
          unsigned sum = codes[row];
          for (int z = 0; z < slices; z++) sum += partial[((long long) z * m + b) * n + row];
          y[(long long) b * n + row] = (u16) sum;
        }
        if (threadIdx.x == 0) counters[blockIdx.x] = 0;
      }
      """;
  private static final int N = 200;
  private static final int K = 300;
  private static final FormatInfo FORMAT = TestKernels.format(TestKernels.GROUP_SCALE);

  private static CudaDevice device;
  private static String missing = "";
  private static PackedWeights packed;

  @BeforeAll
  static void open() {
    try {
      device = (CudaDevice) new CudaDeviceProvider().open(0);
    } catch (DeviceUnavailableException e) {
      if ("1".equals(System.getenv("BITLOOM_REQUIRE_GPU"))) {
        throw e;
      }
      missing = "no GPU: " + e.getMessage();
    }
    packed = TestKernels.packed(FORMAT, N, K, Arena.ofAuto());
  }

  @BeforeEach
  void requireGpu() {
    assumeTrue(missing.isEmpty(), missing);
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  private static Linear linear(CudaDevice on) {
    KernelUnit kernel = TestKernels.unit(CUDA, FORMAT);
    return on.linear(TestKernels.weightFormat(kernel), kernel, packed, Optional.empty());
  }

  private static short[] activations(int m, int seed) {
    short[] x = new short[m * K];
    for (int i = 0; i < x.length; i++) {
      x[i] = (short) (i * 31 + seed * 7);
    }
    return x;
  }

  private static short[] expected(short[] x, int m, int slices) {
    short[] y = new short[m * N];
    for (int b = 0; b < m; b++) {
      for (int row = 0; row < N; row++) {
        int sum = packed.bytes().get(ValueLayout.JAVA_BYTE, row) & 0xff;
        for (int z = 0; z < slices; z++) {
          sum += (z + 1) * (x[b * K + z] & 0xffff);
        }
        y[b * N + row] = (short) sum;
      }
    }
    return y;
  }

  /** x and y of one caller. */
  private record Work(CudaDevice on, DeviceBuffer x, DeviceBuffer y, int m) implements AutoCloseable {
    static Work of(CudaDevice on, int m) {
      return new Work(on, on.allocate(2L * m * K), on.allocate(2L * m * N), m);
    }

    short[] run(Linear linear, short[] activations, Stream stream) {
      fill(activations);
      linear.forward(x.address(), y.address(), m, stream);
      return result(stream);
    }

    void fill(short[] activations) {
      on.upload(MemorySegment.ofArray(activations), x.address());
      byte[] poison = new byte[2 * m * N];
      Arrays.fill(poison, (byte) 0xa5);
      on.upload(MemorySegment.ofArray(poison), y.address());
    }

    short[] result(Stream stream) {
      stream.synchronize();
      short[] result = new short[m * N];
      on.download(y.address(), MemorySegment.ofArray(result));
      return result;
    }

    @Override
    public void close() {
      x.close();
      y.close();
    }
  }

  @Test
  void copiesHeapAndNativeMemory() {
    long bytes = (40L << 20) + 12_345;
    try (DeviceBuffer buffer = device.allocate(bytes); Arena arena = Arena.ofConfined()) {
      byte[] heap = new byte[(int) bytes];
      new Random(5).nextBytes(heap);
      device.upload(MemorySegment.ofArray(heap), buffer.address());
      MemorySegment nativeCopy = arena.allocate(bytes);
      device.download(buffer.address(), nativeCopy);
      assertEquals(-1, nativeCopy.mismatch(MemorySegment.ofArray(heap)));
      nativeCopy.fill((byte) 3);
      device.upload(nativeCopy, buffer.address());
      device.download(buffer.address(), MemorySegment.ofArray(heap));
      assertEquals(-1, nativeCopy.mismatch(MemorySegment.ofArray(heap)));
      assertEquals(0, buffer.address() % 256);
    }
  }

  @Test
  void infoDescribesTheGpu() {
    assertEquals("cuda", device.info().kind());
    assertTrue(device.info().arch().startsWith("sm_"), device.info().toString());
    assertTrue(device.info().limits().multiprocessors() > 0 && device.info().limits().smemPerBlock() >= 48 << 10
        && device.info().limits().l2Bytes() > 0 && device.info().memoryBytes() > 1L << 30, device.info().toString());
    assertTrue(device.freeBytes() <= device.info().memoryBytes());
  }

  @Test
  void forwardComputesEveryPreparedBatch() {
    try (Stream early = device.openStream(); Linear linear = linear(device)) {
      for (int m : new int[]{1, 8, 17, 3, 64}) {
        linear.prepare(m);
        try (Work work = Work.of(device, m)) {
          for (int repeat = 0; repeat < 3; repeat++) {
            short[] x = activations(m, repeat);
            assertArrayEquals(expected(x, m, 2), work.run(linear, x, early), "m = " + m + ", repeat " + repeat);
          }
        }
      }
      try (Stream late = device.openStream(); Work work = Work.of(device, 64)) {
        short[] x = activations(64, 9);
        assertArrayEquals(expected(x, 64, 2), work.run(linear, x, late));
      }
      assertTrue(linear.report(1).orElseThrow().registers() > 0);
    }
  }

  @Test
  void largeSharedMemoryAndOtherSplitsWork() {
    try (Stream stream = device.openStream(); Linear linear = linear(device); Work work = Work.of(device, 4)) {
      linear.prepare(4, new DequantMmaSchedule(1, 4, 1, 1, 1, 5, 7, 1));
      short[] x = activations(4, 1);
      assertArrayEquals(expected(x, 4, 7), work.run(linear, x, stream));
    }
  }

  @Test
  void graphsReplayWithNewInputs() {
    try (Stream stream = device.openStream(); Linear linear = linear(device); Work work = Work.of(device, 8)) {
      linear.prepare(8);
      work.fill(activations(8, 0));
      try (CudaGraph graph = device.capture(stream, () -> {
        linear.forward(work.x().address(), work.y().address(), 8, stream);
        linear.forward(work.x().address(), work.y().address(), 8, stream);
      })) {
        for (int seed = 1; seed < 4; seed++) {
          short[] x = activations(8, seed);
          work.fill(x);
          graph.launch(stream);
          assertArrayEquals(expected(x, 8, 2), work.result(stream));
        }
      }
    }
  }

  @Test
  void aFailedCaptureLeavesTheStreamUsable() {
    try (Stream stream = device.openStream(); Linear linear = linear(device); Work work = Work.of(device, 1)) {
      linear.prepare(1);
      assertThrows(IllegalStateException.class, () -> device.capture(stream, () -> linear.forward(
          work.x().address(), work.y().address(), 100, stream)));
      short[] x = activations(1, 2);
      assertArrayEquals(expected(x, 1, 2), work.run(linear, x, stream));
    }
  }

  @Test
  void manyThreadsShareLinearAndStream() throws Exception {
    try (Stream shared = device.openStream();
        Linear linear = linear(device);
        ExecutorService pool = Executors.newFixedThreadPool(6)) {
      linear.prepare(1, 4, 8, 16);
      List<Future<?>> threads = new ArrayList<>();
      for (int thread = 0; thread < 6; thread++) {
        int seed = thread;
        threads.add(pool.submit(() -> {
          int m = 1 + seed * 3;
          try (Stream own = device.openStream(); Work work = Work.of(device, m)) {
            for (int i = 0; i < 50; i++) {
              short[] x = activations(m, seed + i);
              assertArrayEquals(expected(x, m, 2), work.run(linear, x, i % 2 == 0 ? own : shared));
            }
          }
        }));
      }
      for (Future<?> thread : threads) {
        thread.get();
      }
    }
  }

  @Test
  void preparingExtendsStreamsInUse() throws Exception {
    try (Stream stream = device.openStream();
        Linear linear = linear(device);
        Work work = Work.of(device, 1);
        ExecutorService pool = Executors.newSingleThreadExecutor()) {
      linear.prepare(1);
      Future<?> preparing = pool.submit(() -> linear.prepare(100, 300, 700, 1500));
      short[] x = activations(1, 4);
      do {
        assertArrayEquals(expected(x, 1, 2), work.run(linear, x, stream));
      } while (!preparing.isDone());
      preparing.get();
      try (Work large = Work.of(device, 1500)) {
        short[] many = activations(1500, 5);
        assertArrayEquals(expected(many, 1500, 2), large.run(linear, many, stream));
      }
    }
  }

  @Test
  void forwardAllocatesNothingInJava() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Stream stream = device.openStream(); Linear linear = linear(device); Work work = Work.of(device, 8)) {
      linear.prepare(8);
      long x = work.x().address();
      long y = work.y().address();
      long allocated = 0;
      for (int round = 0; round < 4; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2_000; i++) {
          linear.forward(x, y, 8, stream);
        }
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        stream.synchronize();
      }
      assertEquals(0, allocated);
    }
  }

  @Test
  void hostContextsAndStreamsAreAdopted() {
    NativeLibraries natives = new NativeLibraries(CacheFolder.standard(), NativePlaces.standard());
    CudaContext host = CudaContext.primary(0, natives);
    try (host; Stream hostStream = device.openStream()) {
      host.run(() -> {
        try (CudaDevice adopted = CudaDevice.adoptCurrent(natives, KernelCompiler.standard());
            Stream stream = adopted.adoptStream(hostStream.handle());
            Stream legacy = adopted.adoptStream(0);
            Linear linear = linear(adopted);
            Work work = Work.of(adopted, 2)) {
          linear.prepare(2);
          short[] x = activations(2, 3);
          assertArrayEquals(expected(x, 2, 2), work.run(linear, x, stream));
          assertArrayEquals(expected(x, 2, 2), work.run(linear, x, legacy));
          assertThrows(IllegalArgumentException.class,
              () -> linear.forward(work.x().address(), work.y().address(), 2, hostStream));
        }
      });
      hostStream.synchronize();
    }
    assertThrows(IllegalStateException.class, () -> CudaDevice.adoptCurrent(natives, KernelCompiler.standard()));
  }

  @Test
  void tooLargeAllocationsSayWhatToDo() {
    CudaException e = assertThrows(CudaException.class, () -> device.allocate(1L << 50));
    assertEquals(CUresult.CUDA_ERROR_OUT_OF_MEMORY, e.code());
    assertTrue(e.getMessage().startsWith("cuMemAlloc(1125899906842624 bytes) failed: CUDA_ERROR_OUT_OF_MEMORY"),
        e.getMessage());
  }

  @Test
  void imagesForAnotherArchitectureAreExplained() {
    String other = device.info().arch().equals("sm_80") ? "sm_90" : "sm_75";
    CompiledKernel image = device.compiler()
        .compile(new CompileRequest("f", "extern \"C\" __global__ void f() {}", other, List.of()));
    CudaException e = assertThrows(CudaException.class, () -> device.function(image, "f"));
    assertTrue(e.getMessage().contains("another GPU architecture"), e.getMessage());
  }

  @Test
  void functionsOfTheCallersOwnAreTimed() {
    CompiledKernel image = device.compiler()
        .compile(new CompileRequest("set", "extern \"C\" __global__ void set(int* y, int v) { y[threadIdx.x] = v; }",
            device.info().arch(), List.of()));
    CudaFunction function = device.function(image, "set");
    try (Stream stream = device.openStream();
        CudaTimer timer = device.timer();
        DeviceBuffer y = device.allocate(128);
        Arena arena = Arena.ofConfined()) {
      timer.start(stream);
      function.launch(1, 32, 0, CudaFunction.arguments(arena, y.address(), 77), stream);
      timer.stop(stream);
      double us = timer.microseconds();
      assertTrue(us > 0 && us < 1e6, us + " us");
      int[] values = new int[32];
      device.download(y.address(), MemorySegment.ofArray(values));
      assertEquals(77, values[31]);
    }
  }

  @Test
  void closingReturnsAllMemory() {
    long before = device.freeBytes();
    try (CudaDevice second = CudaDevice.open(0)) {
      Linear linear = linear(second);
      linear.prepare(512);
      second.openStream();
      second.allocate(256L << 20);
    }
    assertTrue(device.freeBytes() > before - (64L << 20), "before " + before + ", after " + device.freeBytes());
  }
}
