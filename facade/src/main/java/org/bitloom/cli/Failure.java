package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;

import org.bitloom.DeclarationException;
import org.bitloom.bundle.BundleException;
import org.bitloom.job.BadInput;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.compile.KernelCompilationException;
import org.bitloom.runtime.compile.NativeLibraryException;
import org.bitloom.runtime.file.FileTrouble;
import org.bitloom.runtime.quant.QuantizationException;
import org.bitloom.runtime.tune.TuningFileException;
import org.bitloom.safetensors.SafetensorsException;

/** How an exception is told to a person: one message, and the status that the process exits with. */
record Failure(int status, String message, Throwable cause) {
  static Failure of(Exception e) {
    return switch (e) {
      case BadInput bad -> new Failure(ExitCode.BAD_INPUT, bad.getMessage(), e);
      case DeclarationException wrong -> new Failure(ExitCode.BAD_INPUT, wrong.getMessage(), e);
      case SafetensorsException bad -> new Failure(ExitCode.BAD_INPUT, bad.getMessage(), e);
      case QuantizationException wrong -> new Failure(ExitCode.BAD_INPUT, wrong.getMessage(), e);
      case TuningFileException bad -> new Failure(ExitCode.BAD_INPUT, bad.getMessage(), e);
      case BundleException refused -> new Failure(ExitCode.BAD_INPUT, refused.getMessage(), e);
      case DeviceUnavailableException missing -> new Failure(ExitCode.BAD_INPUT, missing.getMessage(), e);
      case NativeLibraryException missing -> new Failure(ExitCode.BAD_INPUT, missing.getMessage(), e);
      case KernelCompilationException wrong -> new Failure(ExitCode.FAILURE_FOUND, wrong.getMessage(), e);
      case InvalidPathException name -> new Failure(ExitCode.BAD_INPUT, FileNames.refused(name), e);
      case UncheckedIOException io -> new Failure(ExitCode.BAD_INPUT, told(io), e);
      case IOException io -> new Failure(ExitCode.BAD_INPUT, FileTrouble.told(io), e);
      default -> new Failure(ExitCode.FAILURE_FOUND, "internal error: " + e + " (--debug shows where)", e);
    };
  }

  /** Of a JVM that has no more memory or stack. */
  static Failure of(VirtualMachineError e) {
    return new Failure(ExitCode.BAD_INPUT, switch (e) {
      case OutOfMemoryError memory -> "not enough memory: " + memory.getMessage()
          + "; take a smaller shape or batch, or give the JVM more with BITLOOM_JAVA_OPTS, such as -Xmx16g";
      case StackOverflowError _ -> "not enough stack, for something is nested very deeply; "
          + "give the JVM more with BITLOOM_JAVA_OPTS, such as -Xss64m";
      default -> "the JVM failed: " + e;
    }, e);
  }

  /** Writes the message, and where it came from if {@code debug} is set. */
  int report(PrintWriter err, boolean debug) {
    err.println("bitloom: " + message);
    if (debug) {
      cause.printStackTrace(err);
    }
    err.flush();
    return status;
  }

  /** What says more than its cause names the file, or what to do. */
  private static String told(UncheckedIOException e) {
    return String.valueOf(e.getMessage()).equals(String.valueOf(e.getCause()))
        ? FileTrouble.told(e.getCause())
        : String.valueOf(e.getMessage());
  }
}
