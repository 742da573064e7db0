package org.bitloom.runtime.compile;

import java.util.List;

/**
 * A text to compile.
 *
 * @param name of the program, as it appears in the compiler's messages
 * @param cuda self-contained CUDA text
 * @param arch such as {@code sm_90a} for a cubin, {@code compute_90a} for PTX
 * @param options further NVRTC options, such as {@code -DSTAGES=4}
 */
public record CompileRequest(String name, String cuda, String arch, List<String> options) {
  public CompileRequest {
    options = List.copyOf(options);
    ImageKind.of(arch);
  }

  /** What {@link Nvrtc} makes of this request. */
  public ImageKind kind() {
    return ImageKind.of(arch);
  }
}
