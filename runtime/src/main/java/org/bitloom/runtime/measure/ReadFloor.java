package org.bitloom.runtime.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.cuda.CudaFunction;

/**
 * The read floor: a kernel that does nothing but stream bytes, the same number on every SM, in 16-byte loads. No kernel that
 * must read as many bytes of weights from memory can be faster, so it is what weight-only kernels are compared with.
 */
public final class ReadFloor {
  private static final String ENTRY = "read_floor";
  private static final int THREADS = 1024;
  private static final int VECTOR_BYTES = 16;

  /** Grid sizes tried, in blocks per SM; the fastest counts. */
  private static final List<Integer> BLOCKS_PER_SM = List.of(1, 2, 4, 8);

  /** Header-free CUDA text of the kernel. */
  private static final String CUDA = """
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

  private final GraphTimer timer;
  private final CudaFunction function;

  /** Compiles the kernel for the device of {@code timer}, or fetches it compiled. */
  public ReadFloor(GraphTimer timer) {
    CudaDevice device = timer.device();
    this.timer = timer;
    this.function = device.function(
        device.compiler().compile(new CompileRequest(ENTRY, CUDA, device.info().arch(), List.of("--std=c++17"))),
        ENTRY);
  }

  /**
   * Time to read {@code bytes} once.
   *
   * @param copies device addresses of buffers of at least {@code bytes} bytes, read in turn
   */
  public Timing time(long bytes, long... copies) {
    int multiprocessors = timer.device().info().limits().multiprocessors();
    return BLOCKS_PER_SM.stream()
        .map(blocks -> time(bytes, blocks * multiprocessors, copies))
        .min(Comparator.comparingDouble(Timing::medianUs))
        .orElseThrow();
  }

  private Timing time(long bytes, int blocks, long... copies) {
    long vectors = Math.ceilDiv(bytes, VECTOR_BYTES);
    long perBlock = Math.ceilDiv(vectors, blocks);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> arguments = LongStream.of(copies)
          .mapToObj(data -> CudaFunction.arguments(arena, data, perBlock, vectors, data))
          .toList();
      return timer.time(copies.length, i -> function.launch(blocks, THREADS, 0, arguments.get(i), timer.stream()));
    }
  }
}
