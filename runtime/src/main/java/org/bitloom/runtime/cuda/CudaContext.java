package org.bitloom.runtime.cuda;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.compile.NativeLibraries;

import static jcuda.driver.JCudaDriver.cuCtxGetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxGetDevice;
import static jcuda.driver.JCudaDriver.cuCtxPopCurrent;
import static jcuda.driver.JCudaDriver.cuCtxPushCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;

/** A CUDA context: the primary one of a GPU, or one that a host engine owns. */
final class CudaContext implements AutoCloseable {
  private static final int OLDEST_DRIVER = 12_000;

  private enum Owner {
    PRIMARY, HOST
  }

  private final CUdevice device;
  private final CUcontext context;
  private final Owner owner;
  /** Where popped contexts go; written by many threads and read by none. */
  private final CUcontext popped = new CUcontext();

  private CudaContext(CUdevice device, CUcontext context, Owner owner) {
    this.device = device;
    this.context = context;
    this.owner = owner;
  }

  /** Throws unless {@code result} is success. */
  static void check(String call, int result) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw new CudaException(call, result);
    }
  }

  /** The primary context of GPU number {@code ordinal}, which CUDA's runtime API shares. */
  static CudaContext primary(int ordinal, NativeLibraries natives) {
    initialize(natives);
    CUdevice device = new CUdevice();
    check("cuDeviceGet(" + ordinal + ")", cuDeviceGet(device, ordinal));
    CUcontext context = new CUcontext();
    check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, device));
    return new CudaContext(device, context, Owner.PRIMARY);
  }

  /** The context that is current on the calling thread. */
  static CudaContext current(NativeLibraries natives) {
    initialize(natives);
    CUcontext context = new CUcontext();
    check("cuCtxGetCurrent", cuCtxGetCurrent(context));
    if (NativeHandles.value(context) == 0) {
      throw new IllegalStateException("no CUDA context is current on this thread");
    }
    return adopted(context);
  }

  /** The context that a host engine calls {@code handle} (a CUcontext). */
  static CudaContext of(long handle, NativeLibraries natives) {
    if (handle == 0) {
      throw new IllegalArgumentException("a CUcontext is not 0");
    }
    initialize(natives);
    return adopted(NativeHandles.context(handle));
  }

  private static CudaContext adopted(CUcontext context) {
    CUdevice device = new CUdevice();
    CudaContext adopted = new CudaContext(device, context, Owner.HOST);
    adopted.run(() -> check("cuCtxGetDevice", cuCtxGetDevice(device)));
    return adopted;
  }

  private static void initialize(NativeLibraries natives) {
    natives.loadDriver();
    int result = cuInit(0);
    if (result != CUresult.CUDA_SUCCESS) {
      CudaException cause = new CudaException("cuInit", result);
      throw new DeviceUnavailableException("CUDA cannot be used here: " + cause.getMessage(), cause);
    }
    if (driverNumber() < OLDEST_DRIVER) {
      throw new DeviceUnavailableException(
          "the NVIDIA driver supports CUDA " + driverVersion() + " only; install driver 525 or newer (CUDA 12)");
    }
  }

  /** The newest CUDA that the driver supports, such as {@code 13.0}. */
  static String driverVersion() {
    int number = driverNumber();
    return number / 1000 + "." + number % 1000 / 10;
  }

  private static int driverNumber() {
    int[] version = new int[1];
    check("cuDriverGetVersion", cuDriverGetVersion(version));
    return version[0];
  }

  /** Makes this context the calling thread's until {@link #pop()}. */
  void push() {
    check("cuCtxPushCurrent", cuCtxPushCurrent(context));
  }

  /** Gives the calling thread back the context it had. */
  void pop() {
    check("cuCtxPopCurrent", cuCtxPopCurrent(popped));
  }

  /** Runs {@code body} with this context current. */
  void run(Runnable body) {
    push();
    try {
      body.run();
    } finally {
      pop();
    }
  }

  /** What {@code body} returns with this context current. */
  <T> T get(Supplier<T> body) {
    push();
    try {
      return body.get();
    } finally {
      pop();
    }
  }

  /** What this context's GPU is. */
  DeviceInfo info() {
    byte[] name = new byte[256];
    check("cuDeviceGetName", cuDeviceGetName(name, name.length, device));
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    long[] memory = new long[1];
    check("cuDeviceTotalMem", cuDeviceTotalMem(memory, device));
    int capability = capability();
    DeviceLimits limits = new DeviceLimits(capability,
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
        attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE));
    return new DeviceInfo(CudaDevice.KIND, new String(name, 0, end, StandardCharsets.UTF_8),
        arch(capability / 10, capability % 10), limits,
        memory[0]);
  }

  /** 10 times the major number and the minor one of the compute capability. */
  int capability() {
    return 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  /** The NVRTC target for a compute capability: Hopper's own instructions need the {@code a}. */
  static String arch(int major, int minor) {
    return "sm_" + major + minor + (major == 9 && minor == 0 ? "a" : "");
  }

  private int attribute(int attribute) {
    int[] value = new int[1];
    check("cuDeviceGetAttribute(" + CUdevice_attribute.stringFor(attribute) + ")",
        cuDeviceGetAttribute(value, attribute, device));
    return value[0];
  }

  @Override
  public void close() {
    if (owner == Owner.PRIMARY) {
      check("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease(device));
    }
  }
}
