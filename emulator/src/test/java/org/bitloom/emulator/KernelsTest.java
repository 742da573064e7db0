package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Small CUDA kernels, compiled by NVRTC, give what they give on a GPU. */
class KernelsTest {
  private static int[] run(String text, String entry, int blocks, int threads, int smem, int outputs, int... input) {
    try (Emulator e = new Emulator(); KernelModule module = e.load(Cuda.ptx(text))) {
      Allocation in = e.memory().allocate("in", 4L * input.length);
      Allocation out = e.memory().allocate("out", 4L * outputs);
      e.memory().upload(MemorySegment.ofArray(input), in.base());
      e.launchChecked(module, entry, Emulator.Shape.of(blocks, threads, smem),
          new Arguments().add(in.base()).add(out.base()).add(input.length), new Grid.Range(out.base(), out.bytes()),
          List.of());
      int[] result = new int[outputs];
      e.memory().download(out.base(), MemorySegment.ofArray(result));
      return result;
    }
  }

  private static int[] range(int n) {
    return IntStream.range(0, n).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 32, 100, 1000})
  void sumsThroughShufflesAndSharedMemory(int n) {
    int[] sum = run("""
        extern "C" __global__ void sum(const int* in, int* out, int n) {
          __shared__ int part[8];
          int s = 0;
          for (int i = threadIdx.x; i < n; i += blockDim.x) s += in[i];
          for (int d = 16; d > 0; d /= 2) s += __shfl_xor_sync(0xffffffffu, s, d);
          if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = s;
          __syncthreads();
          if (threadIdx.x == 0) {
            int t = 0;
            for (int w = 0; w < 8; w++) t += part[w];
            out[0] = t;
          }
        }
        """, "sum", 1, 256, 0, 1, range(n));
    assertEquals(n * (n - 1) / 2, sum[0]);
  }

  @Test
  void lanesThatPartAtNestedBranchesAndLoopsMeetAgain() {
    int[] out = run("""
        extern "C" __global__ void collatz(const int* in, int* out, int n) {
          int i = blockIdx.x * blockDim.x + threadIdx.x;
          if (i >= n) return;
          long long v = in[i] + 1;
          int steps = 0;
          while (v != 1) {
            if (v % 2 == 0) v /= 2;
            else if (v % 3 == 0) { v = 3 * v + 1; if (v > 1000) steps += 0; }
            else v = 3 * v + 1;
            steps++;
          }
          out[i] = steps;
        }
        """, "collatz", 4, 64, 0, 200, range(200));
    int[] expected = IntStream.rangeClosed(1, 200).map(KernelsTest::collatz).toArray();
    assertArrayEquals(expected, out);
  }

  private static int collatz(int start) {
    int steps = 0;
    for (long v = start; v != 1; v = v % 2 == 0 ? v / 2 : 3 * v + 1) {
      steps++;
    }
    return steps;
  }

  @Test
  void switchesJumpThroughTables() {
    int[] out = run("""
        extern "C" __global__ void pick(const int* in, int* out, int n) {
          int i = threadIdx.x, v = in[i];
          switch (v % 9) {
            case 0: v += 3; break; case 1: v *= v; break; case 2: v = ~v; break; case 3: v -= 7; break;
            case 4: v ^= 85; break; case 5: v = v << 3; break; case 6: v = 17 / (v + 1); break; case 7: v = -v; break;
          }
          out[i] = v;
        }
        """, "pick", 1, 96, 0, 96, range(96));
    int[] expected = IntStream.range(0, 96).map(v -> switch (v % 9) {
      case 0 -> v + 3;
      case 1 -> v * v;
      case 2 -> ~v;
      case 3 -> v - 7;
      case 4 -> v ^ 85;
      case 5 -> v << 3;
      case 6 -> 17 / (v + 1);
      case 7 -> -v;
      default -> v;
    }).toArray();
    assertArrayEquals(expected, out);
  }

  @Test
  void namedBarriersOrderProducersAndConsumers() {
    int[] out = run("""
        extern "C" __global__ void ring(const int* in, int* out, int n) {
          __shared__ int slot[2][32];
          int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
          if (warp == 0) {
            for (int i = 0; i < 8; i++) {
              if (i >= 2) asm volatile("bar.sync %0, 64;" :: "r"(3 + i % 2) : "memory");
              slot[i % 2][lane] = in[i * 32 + lane] * 2;
              asm volatile("bar.arrive %0, 64;" :: "r"(1 + i % 2) : "memory");
            }
          } else {
            for (int i = 0; i < 8; i++) {
              asm volatile("bar.sync %0, 64;" :: "r"(1 + i % 2) : "memory");
              out[i * 32 + lane] = slot[i % 2][31 - lane];
              if (i < 6) asm volatile("bar.arrive %0, 64;" :: "r"(3 + i % 2) : "memory");
            }
          }
        }
        """, "ring", 1, 64, 0, 256, range(256));
    assertArrayEquals(IntStream.range(0, 256).map(i -> 2 * ((i & ~31) + 31 - (i & 31))).toArray(), out);
  }

  @Test
  void lastBlockOfAnAtomicTicketSeesAllParts() {
    int[] out = run(
        """
            __device__ int parts[64];
            __device__ u32 tickets;
            extern "C" __global__ void split(const int* in, int* out, int n) {
              __shared__ u32 ticket;
              if (threadIdx.x == 0) {
                int s = 0;
                for (int i = blockIdx.x; i < n; i += gridDim.x) s += in[i];
                parts[blockIdx.x] = s;
                __threadfence();
                asm volatile("atom.acq_rel.gpu.global.inc.u32 %0, [%1], %2;" : "=r"(ticket) : "l"(&tickets), "r"(gridDim.x - 1) : "memory");
              }
              __syncthreads();
              if (ticket == gridDim.x - 1) {
                int v = parts[threadIdx.x] + parts[threadIdx.x + 32];
                for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffffu, v, d);
                if (threadIdx.x == 0) out[0] = v;
              }
            }
            """,
        "split", 64, 32, 0, 1, range(1000));
    assertEquals(499_500, out[0]);
  }

  @Test
  void fillsWithZerosWhatACopyDoesNotRead() {
    int[] out = run("""
        extern "C" __global__ void tail(const int* in, int* out, int n) {
          __shared__ __align__(16) int s[128];
          int left = n - (int)threadIdx.x * 4;
          int bytes = left <= 0 ? 0 : left >= 4 ? 16 : left * 4;
          asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(sptr(s + threadIdx.x * 4)),
            "l"(in + (bytes ? threadIdx.x * 4 : 0)), "r"(bytes) : "memory");
          asm volatile("cp.async.wait_all;" ::: "memory");
          for (int i = 0; i < 4; i++) out[threadIdx.x * 4 + i] = s[threadIdx.x * 4 + i];
        }
        """, "tail", 1, 32, 0, 128, IntStream.rangeClosed(1, 50).toArray());
    assertArrayEquals(IntStream.range(0, 128).map(i -> i < 50 ? i + 1 : 0).toArray(), out);
  }

  private static final String GEMM = """
      extern "C" __global__ void __launch_bounds__(32) gemm(const u16* __restrict__ a, const u16* __restrict__ b,
          float* __restrict__ y, int k, int n) {
        extern __shared__ __align__(16) u16 smem[];
        u16* sa = smem; u16* sb = smem + 4 * 256;
        int lane = threadIdx.x, tiles = k / 16;
        const u16* ga = a + (u64)(blockIdx.x * 16 + lane / 2) * k + (lane & 1) * 8;
        const u16* gb = b + (u64)(blockIdx.y * 8 + (lane & 15) / 2) * k + (lane & 1) * 8;
        float c[4] = {0, 0, 0, 0};
        auto fetch = [&](int t) {
          if (t < tiles) {
            asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" :: "r"(sptr(sa + (t & 3) * 256 + lane * 8)), "l"(ga + t * 16) : "memory");
            if (lane < 16)
              asm volatile("cp.async.ca.shared.global [%0], [%1], 16;" :: "r"(sptr(sb + (t & 3) * 128 + lane * 8)), "l"(gb + t * 16) : "memory");
          }
          asm volatile("cp.async.commit_group;" ::: "memory");
        };
        for (int t = 0; t < 3; t++) fetch(t);
        for (int t = 0; t < tiles; t++) {
          asm volatile("cp.async.wait_group 2;" ::: "memory");
          __syncwarp();
          u32 A[4], B[2];
          u32 pa = sptr(sa + (t & 3) * 256 + (lane & 15) * 16 + (lane >> 4) * 8);
          u32 pb = sptr(sb + (t & 3) * 128 + (lane & 7) * 16 + ((lane >> 3) & 1) * 8);
          asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : "=r"(A[0]), "=r"(A[1]), "=r"(A[2]), "=r"(A[3]) : "r"(pa));
          asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(B[0]), "=r"(B[1]) : "r"(pb));
          asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3]) : "r"(A[0]), "r"(A[1]), "r"(A[2]), "r"(A[3]), "r"(B[0]), "r"(B[1]));
          fetch(t + 3);
        }
        int r = blockIdx.x * 16 + lane / 4, q = blockIdx.y * 8 + (lane & 3) * 2;
        y[r * n + q] = c[0]; y[r * n + q + 1] = c[1]; y[(r + 8) * n + q] = c[2]; y[(r + 8) * n + q + 1] = c[3];
      }
      """;

  @ParameterizedTest
  @CsvSource({"16,8,16", "32,16,48", "48,24,160"})
  void multipliesTilesThatAPipelineOfCopiesBrings(int m, int n, int k) {
    long seed = 7L * m + n;
    Random random = new Random(seed);
    short[] a = halves(random, m * k);
    short[] b = halves(random, n * k);
    try (Emulator e = new Emulator(); KernelModule module = e.load(Cuda.ptx(GEMM))) {
      Allocation da = upload(e, "a", a);
      Allocation db = upload(e, "b", b);
      Allocation dy = e.memory().allocate("y", 4L * m * n);
      e.launchChecked(module, "gemm",
          new Emulator.Shape(new Grid.Dim(m / 16, n / 8, 1), Grid.Dim.of(32), 4 * 2 * (256 + 128)),
          new Arguments().add(da.base()).add(db.base()).add(dy.base()).add(k).add(n),
          new Grid.Range(dy.base(), dy.bytes()), List.of());
      float[] y = new float[m * n];
      e.memory().download(dy.base(), MemorySegment.ofArray(y));
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          double magnitude = 0;
          for (int q = 0; q < k; q++) {
            double p = (double) Float.float16ToFloat(a[i * k + q]) * Float.float16ToFloat(b[j * k + q]);
            sum += p;
            magnitude += Math.abs(p);
          }
          assertEquals(sum, y[i * n + j], magnitude * k * 0x1p-24, "seed " + seed + " at " + i + ", " + j);
        }
      }
    }
  }

  private static short[] halves(Random random, int count) {
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.floatToFloat16((float) random.nextGaussian());
    }
    return values;
  }

  private static Allocation upload(Emulator e, String name, short[] values) {
    Allocation a = e.memory().allocate(name, 2L * values.length);
    e.memory().upload(MemorySegment.ofArray(values), a.base());
    return a;
  }
}
