package org.bitloom.runtime.cuda;

import jcuda.driver.CUresult;

/** A call of the CUDA driver failed; the message names the call, the error and what may help. */
public final class CudaException extends RuntimeException {
  private final String call;
  private final int code;

  CudaException(String call, int code) {
    super(call + " failed: " + CUresult.stringFor(code) + " (" + code + "). " + hint(code));
    this.call = call;
    this.code = code;
  }

  /** The driver's function, such as {@code cuMemAlloc}, with its size where that matters. */
  public String call() {
    return call;
  }

  /** The CUresult. */
  public int code() {
    return code;
  }

  private static String hint(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
        "The GPU has too little free memory: close other programs on it (nvidia-smi lists them), or use a smaller batch "
            + "or a format with fewer bits.";
      case CUresult.CUDA_ERROR_NO_DEVICE ->
        "There is a driver but no GPU for this process: check nvidia-smi and CUDA_VISIBLE_DEVICES.";
      case CUresult.CUDA_ERROR_INVALID_DEVICE -> "There is no GPU with this number; nvidia-smi lists them.";
      case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
        "Another process holds the GPU exclusively (nvidia-smi shows the compute mode).";
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_IMAGE,
          CUresult.CUDA_ERROR_INVALID_SOURCE ->
        "The kernel was compiled for another GPU architecture; compile it for the one of this device.";
      case CUresult.CUDA_ERROR_INVALID_PTX, CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
        "The driver is older than the compiler: update the NVIDIA driver, or compile to a cubin (sm_XY).";
      case CUresult.CUDA_ERROR_INVALID_CONTEXT, CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED ->
        "The CUDA context is gone: it was destroyed, or reset by another library in this process.";
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_MISALIGNED_ADDRESS ->
        "A kernel queued earlier touched memory outside its arguments: check that x holds m*k and y m*n numbers, and that "
            + "neither was freed. The context is lost; start the process again.";
      case CUresult.CUDA_ERROR_LAUNCH_FAILED, CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR, CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE, CUresult.CUDA_ERROR_ASSERT ->
        "A kernel queued earlier crashed. The context is lost; start the process again (compute-sanitizer finds the spot).";
      case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES ->
        "The schedule needs more threads, registers or shared memory than a multiprocessor has; choose a smaller one.";
      case CUresult.CUDA_ERROR_LAUNCH_TIMEOUT -> "The kernel ran longer than a GPU with a display allows.";
      case CUresult.CUDA_ERROR_NOT_FOUND -> "The image has no such entry.";
      case CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED,
          CUresult.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT ->
        "While a graph is captured nothing may be allocated, loaded, copied or waited for: prepare every batch before.";
      case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH ->
        "The driver's kernel module and libcuda.so.1 differ in version: restart the machine, or the container.";
      case CUresult.CUDA_ERROR_SYSTEM_NOT_READY ->
        "The system is not ready for CUDA: on NVSwitch machines, start nvidia-fabricmanager.";
      case CUresult.CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE ->
        "A CUDA compatibility library that does not fit this GPU lies on LD_LIBRARY_PATH: remove it.";
      case CUresult.CUDA_ERROR_STUB_LIBRARY ->
        "The toolkit's stub of libcuda.so.1 was loaded: take the stubs folder off LD_LIBRARY_PATH.";
      case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE -> "The GPU's memory is defective: see nvidia-smi -q -d ECC.";
      default -> "The CUDA driver API reference describes this error.";
    };
  }
}
