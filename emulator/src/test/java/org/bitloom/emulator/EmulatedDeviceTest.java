package org.bitloom.emulator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The emulated device through the public API, with a split-K kernel that sums x and adds the row number. */
class EmulatedDeviceTest {
  private static final int N = 48;
  private static final int K = 64;

  /** y[m][n] = n + sum of x[m][k], in f16; two blocks share k and meet at a counter. */
  private static final String KERNEL = """
      typedef unsigned int u32; typedef unsigned short u16; typedef unsigned char u8;
      static __device__ float f(u16 h) { float r; asm("cvt.f32.f16 %0, %1;" : "=f"(r) : "h"(h)); return r; }
      static __device__ u16 h(float f) { u16 r; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(r) : "f"(f)); return r; }
      extern "C" __global__ void sum(const u8* codes, const void* scale, const void* tensor, const void* zero,
          const void* offset, const void* bias, const u16* x, u16* y, float* partial, u32* counters, int n, int k, int m) {
        __shared__ u32 ticket;
        int row = blockIdx.x * 16 + threadIdx.x;
        for (int b = 0; b < m; b++) {
          float s = 0;
          for (int i = blockIdx.z; i < k; i += 2) s += f(x[b * k + i]);
          if (threadIdx.x < 16) partial[(blockIdx.z * m + b) * n + row] = s;
        }
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0)
          asm volatile("atom.acq_rel.gpu.global.inc.u32 %0, [%1], LIMIT;" : "=r"(ticket) : "l"(counters + blockIdx.x) : "memory");
        __syncthreads();
        if (ticket == 1 && threadIdx.x < 16)
          for (int b = 0; b < BATCHES; b++) y[b * n + row] = h(partial[b * n + row] + partial[(m + b) * n + row] + row);
      }
      """;

  private record Space() implements ScheduleSpace {
    @Override
    public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
      return List.of(firstChoice(problem, limits));
    }

    @Override
    public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
      return Optional.empty();
    }

    @Override
    public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
      return 1;
    }

    @Override
    public Schedule firstChoice(Problem problem, DeviceLimits limits) {
      return new DequantMmaSchedule(1, 1, 1, 1, 1, 1, 2, 1);
    }

    @Override
    public LaunchShape launch(Schedule schedule, Problem problem) {
      return new LaunchShape(problem.n() / 16, 1, 2, 32, 0, 2L * problem.m() * problem.n() * Float.BYTES,
          problem.n() / 16);
    }
  }

  /** The weights of this test are never looked at. */
  private record NoPacker() implements CodePacker {
    @Override
    public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile, int endTile) {
      throw new UnsupportedOperationException("nothing is packed here");
    }

    @Override
    public void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile, int endTile) {
      throw new UnsupportedOperationException("nothing is packed here");
    }
  }

  /** Sums over {@code batches} rows of x through a Linear of the device called "emulated". */
  private static float[] forward(String limit, String batches, int m) {
    FormatInfo format = new FormatInfo("ones", "format ones { element int 2 }", 2, DecodeTable.of(0, 1, -2, -1),
        List.of());
    LayoutInfo layout = new LayoutInfo(64, "test");
    String cuda = KERNEL.replace("LIMIT", limit).replace("BATCHES", batches);
    KernelUnit unit = new KernelUnit("sum", format, layout, ActivationType.F16, ActivationType.F16, List.of(),
        List.of(new KernelVariant(DequantMmaSchedule.FAMILY, cuda, StreamOrder.LAUNCH, new Space())));
    WeightFormat weightFormat = new WeightFormat(format, layout, new NoPacker(), List.of(unit));
    PackedShape shape = new PackedShape(format, layout, N, K);
    try (Arena arena = Arena.ofConfined(); Device device = Devices.open("emulated")) {
      PackedWeights weights = new PackedWeights(shape, arena.allocate(shape.bytes()));
      short[] x = new short[m * K];
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.floatToFloat16(i / K + 1);
      }
      try (Linear linear = device.linear(weightFormat, unit, weights, Optional.empty());
          DeviceBuffer dx = device.allocate(2L * x.length);
          DeviceBuffer dy = device.allocate(2L * m * N);
          Stream stream = device.openStream()) {
        linear.prepare(m);
        device.upload(MemorySegment.ofArray(x), dx.address());
        linear.forward(dx.address(), dy.address(), m, stream);
        linear.forward(dx.address(), dy.address(), m, stream);
        stream.synchronize();
        short[] y = new short[m * N];
        device.download(dy.address(), MemorySegment.ofArray(y));
        float[] result = new float[y.length];
        for (int i = 0; i < y.length; i++) {
          result[i] = Float.float16ToFloat(y[i]);
        }
        return result;
      }
    }
  }

  @Test
  void runsALinearLayerTwiceInARow() {
    float[] y = forward("1", "m", 3);
    for (int b = 0; b < 3; b++) {
      for (int n = 0; n < N; n++) {
        assertEquals(K * (b + 1) + n, y[b * N + n]);
      }
    }
  }

  @Test
  void reportsCountersThatTheKernelLeavesBehind() {
    KernelFault fault = assertThrows(KernelFault.class, () -> forward("7", "m", 3));
    assertEquals(FaultKind.COUNTER_NOT_RESET, fault.kind());
  }

  @Test
  void reportsABatchRowThatTheKernelForgets() {
    KernelFault fault = assertThrows(KernelFault.class, () -> forward("1", "m - 1", 3));
    assertEquals(FaultKind.OUTPUT_NOT_WRITTEN, fault.kind());
  }

  @Test
  void isFoundByItsName() {
    try (Device device = Devices.open("emulated")) {
      assertInstanceOf(EmulatedDevice.class, device);
      assertEquals("emulated", device.info().kind());
    }
  }
}
