package org.bitloom.emulator;

import java.util.List;

import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.compile.KernelCompiler;

/** Compiles CUDA text of tests to PTX with NVRTC. */
final class Cuda {
  /** Short names and the wrappers that test kernels share; takes no lines, so that line numbers are those of the test. */
  private static final String PRELUDE = "typedef unsigned int u32; typedef unsigned short u16; "
      + "typedef unsigned long long u64; typedef unsigned char u8; "
      + "static __device__ __forceinline__ u32 sptr(const void* p) { return (u32)__cvta_generic_to_shared(p); } ";

  private Cuda() {
  }

  static String ptx(String text) {
    return ptx("test.cu", PRELUDE + text);
  }

  static String ptx(String name, String text) {
    return KernelCompiler.standard()
        .compile(new CompileRequest(name, text, "compute_90a", List.of("--generate-line-info"))).ptx();
  }
}
