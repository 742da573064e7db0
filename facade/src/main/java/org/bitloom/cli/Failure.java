package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import org.bitloom.DeclarationException;
import org.bitloom.bundle.BundleException;
import org.bitloom.job.BadInput;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.compile.KernelCompilationException;
import org.bitloom.runtime.compile.NativeLibraryException;
import org.bitloom.runtime.quant.QuantizationException;
import org.bitloom.runtime.tune.TuningFileException;
import org.bitloom.safetensors.SafetensorsException;

/** How an exception is told to a person: one message, and the status that the process exits with. */
record Failure(int status, String message, Exception cause) {
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
      case UncheckedIOException io -> new Failure(ExitCode.BAD_INPUT, wording(io.getCause()), e);
      case IOException io -> new Failure(ExitCode.BAD_INPUT, wording(io), e);
      default -> new Failure(ExitCode.FAILURE_FOUND, "internal error: " + e + " (--debug shows where)", e);
    };
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

  private static String wording(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file or folder";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other -> other.getMessage();
      default -> String.valueOf(e.getMessage());
    };
  }
}
