package org.bitloom.runtime.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;

/** Dense products with cuBLAS, the baseline of every comparison: of 16-bit numbers with f32 sums, of bytes with s32 sums. */
public final class Cublas implements AutoCloseable {
  private static final long WORKSPACE_BYTES = 32L << 20;
  private static final int OP_N = 0;
  private static final int OP_T = 1;
  private static final int COMPUTE_32F = 68;
  private static final int COMPUTE_32I = 72;
  private static final int DATA_8I = 3;
  private static final int DATA_32I = 10;
  private static final int GEMM_DEFAULT = -1;

  private final CublasLibrary library;
  private final CudaDevice device;
  private final DeviceBuffer workspace;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment one;
  private final MemorySegment zero;
  private final MemorySegment integerOne;
  private final long handle;

  /** A handle on {@code stream} with a workspace of its own, so that its calls can be captured into graphs. */
  public Cublas(CublasLibrary library, CudaDevice device, Stream stream) {
    this.library = library;
    this.device = device;
    one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1f);
    integerOne = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
    zero = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0f);
    MemorySegment created = arena.allocate(ValueLayout.JAVA_LONG);
    device.run(() -> check("cublasCreate", () -> (int) library.create.invokeExact(created)));
    handle = created.get(ValueLayout.JAVA_LONG, 0);
    workspace = device.allocate(WORKSPACE_BYTES);
    device.run(() -> {
      check("cublasSetStream", () -> (int) library.setStream.invokeExact(handle, stream.handle()));
      check("cublasSetWorkspace",
          () -> (int) library.setWorkspace.invokeExact(handle, workspace.address(), WORKSPACE_BYTES));
    });
  }

  /**
   * Queues, with the device's context current, {@code y[m][n] = x[m][k] * w[n][k]^T}, all row-major 2-byte elements of {@code type} at device addresses.
   */
  public void product(ActivationType type, int n, int k, int m, long w, long x, long y) {
    int data = switch (type) {
      case F16 -> 2; // CUDA_R_16F
      case BF16 -> 14; // CUDA_R_16BF
    };
    // cuBLAS is column-major: it computes y^T[n][m] from w (read as k x n, transposed) and x (read as k x m).
    check("cublasGemmEx",
        () -> (int) library.gemmEx.invokeExact(handle, OP_T, OP_N, n, m, k, one, w, data, k, x, data, k,
            zero, y, data, n, COMPUTE_32F, GEMM_DEFAULT));
  }

  /**
   * Queues, with the device's context current, {@code y[m][n] = x[m][k] * w[n][k]^T}, x and w row-major signed bytes, y 32-bit
   * integers.
   *
   * @return whether cuBLAS has such a product; nothing was queued if not
   */
  public boolean integerProduct(int n, int k, int m, long w, long x, long y) {
    return status("cublasGemmEx",
        () -> (int) library.gemmEx.invokeExact(handle, OP_T, OP_N, n, m, k, integerOne, w, DATA_8I, k, x, DATA_8I, k,
            zero, y, DATA_32I, n, COMPUTE_32I, GEMM_DEFAULT)) == 0;
  }

  @Override
  public void close() {
    device.run(() -> check("cublasDestroy", () -> (int) library.destroy.invokeExact(handle)));
    workspace.close();
    arena.close();
  }

  private interface Call {
    int invoke() throws Throwable;
  }

  private static void check(String name, Call call) {
    requireSuccess(name, status(name, call));
  }

  private static int status(String name, Call call) {
    try {
      return call.invoke();
    } catch (Throwable e) {
      throw new MeasureException(name + " could not be called", e);
    }
  }

  private static void requireSuccess(String name, int status) {
    if (status != 0) {
      throw new MeasureException(name + " failed with cuBLAS status " + status);
    }
  }
}
