package org.bitloom.runtime.compile;

/** NVRTC refused a kernel; the message carries its log. */
public final class KernelCompilationException extends RuntimeException {
  private final String kernel;
  private final String log;

  KernelCompilationException(String kernel, String arch, String reason, String log) {
    super("kernel " + kernel + " does not compile for " + arch + ": " + reason + (log.isBlank() ? "" : "\n" + log));
    this.kernel = kernel;
    this.log = log;
  }

  /** Name of the kernel, as requested. */
  public String kernel() {
    return kernel;
  }

  /** The compiler's log; may be empty. */
  public String log() {
    return log;
  }
}
