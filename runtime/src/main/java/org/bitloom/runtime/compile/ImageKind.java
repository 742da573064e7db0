package org.bitloom.runtime.compile;

/** What a compiler makes of CUDA text. */
public enum ImageKind {
  /** Machine code of one architecture. */
  CUBIN,
  /** Text of the virtual instruction set. */
  PTX;

  /** What NVRTC makes for {@code arch}: {@code sm_90a} is machine code, {@code compute_90a} is PTX. */
  static ImageKind of(String arch) {
    if (arch.matches("sm_\\d+[af]?")) {
      return CUBIN;
    }
    if (arch.matches("compute_\\d+[af]?")) {
      return PTX;
    }
    throw new IllegalArgumentException("not an architecture: '" + arch + "', expected like sm_90a or compute_90a");
  }
}
