package org.bitloom.runtime.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Stream;

/**
 * The read floor: a kernel that does nothing but stream bytes, the same number on every SM, in 16-byte loads. No kernel that
 * must read as many bytes of weights from memory can be faster, so it is what weight-only kernels are compared with.
 */
public final class ReadFloor implements AutoCloseable {
  private static final int THREADS = 1024;
  private static final int VECTOR_BYTES = 16;
  private static final int ARGUMENTS = 4;

  /** Grid sizes tried, in blocks per SM; the fastest counts. */
  private static final List<Integer> BLOCKS_PER_SM = List.of(1, 2, 4, 8);

  /** Header-free CUDA text of the kernel. */
  public static final String CUDA = """
      // Reads vectors [blockIdx * perBlock, ...) of 16 bytes; sink is never written in practice, it keeps the loads alive.
      typedef unsigned int u32;
      typedef unsigned long long u64;

      struct alignas(16) Vector { u32 x, y, z, w; };

      // ld.global.nc: PTX ISA, section "ld.global.nc"; weights are read once, so they need no place in L1.
      __device__ __forceinline__ u32 fold(const Vector* at) {
        u32 x, y, z, w;
        asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                     : "=r"(x), "=r"(y), "=r"(z), "=r"(w) : "l"(at));
        return x ^ y ^ z ^ w;
      }

      extern "C" __global__ void __launch_bounds__(1024) read_floor(
          const Vector* __restrict__ data, u64 perBlock, u64 vectors, u32* __restrict__ sink) {
        const u64 first = blockIdx.x * perBlock;
        const u64 end = first + perBlock < vectors ? first + perBlock : vectors;
        const u64 step = 8ull * blockDim.x;
        u32 sum = 0;
        u64 i = first + threadIdx.x;
        for (; i + 7ull * blockDim.x < end; i += step) {
          #pragma unroll
          for (int j = 0; j < 8; j++) sum ^= fold(data + i + (u64) j * blockDim.x);
        }
        for (; i < end; i += blockDim.x) sum ^= fold(data + i);
        if (sum == 0x9e3779b9u && perBlock == 0) *sink = sum;
      }
      """;

  private final DriverCalls driver;
  private final Stream stream;
  private final DeviceLimits limits;
  private final GraphTimer timer;
  private final long module;
  private final long function;

  /**
   * Loads the kernel.
   *
   * @param cubin {@link #CUDA}, compiled for the device of {@code stream}
   */
  public ReadFloor(Stream stream, DeviceLimits limits, GraphTimer timer, byte[] cubin) {
    this.driver = DriverCalls.load();
    this.stream = stream;
    this.limits = limits;
    this.timer = timer;
    driver.bind(stream.handle());
    this.module = driver.loadModule(cubin);
    this.function = driver.function(module, "read_floor");
  }

  /**
   * Time to read {@code bytes} once.
   *
   * @param copies device addresses of buffers of at least {@code bytes} bytes, read in turn
   */
  public Timing time(long bytes, long... copies) {
    driver.bind(stream.handle());
    return BLOCKS_PER_SM.stream()
        .map(perSm -> time(bytes, perSm * limits.multiprocessors(), copies))
        .min((a, b) -> Double.compare(a.medianUs(), b.medianUs()))
        .orElseThrow();
  }

  private Timing time(long bytes, int blocks, long... copies) {
    long vectors = Math.ceilDiv(bytes, VECTOR_BYTES);
    long perBlock = Math.ceilDiv(vectors, blocks);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> arguments = IntStream.range(0, copies.length)
          .mapToObj(i -> arguments(arena, copies[i], perBlock, vectors))
          .toList();
      return timer.time(copies.length,
          i -> driver.launchKernel(function, blocks, THREADS, stream.handle(), arguments.get(i)));
    }
  }

  private static MemorySegment arguments(Arena arena, long data, long perBlock, long vectors) {
    MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, ARGUMENTS);
    values.setAtIndex(ValueLayout.JAVA_LONG, 0, data);
    values.setAtIndex(ValueLayout.JAVA_LONG, 1, perBlock);
    values.setAtIndex(ValueLayout.JAVA_LONG, 2, vectors);
    values.setAtIndex(ValueLayout.JAVA_LONG, 3, data);
    MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, ARGUMENTS);
    for (int i = 0; i < ARGUMENTS; i++) {
      pointers.setAtIndex(ValueLayout.ADDRESS, i, values.asSlice(i * Long.BYTES, Long.BYTES));
    }
    return pointers;
  }

  @Override
  public void close() {
    driver.bind(stream.handle());
    driver.unloadModule(module);
  }
}
