package org.bitloom.runtime.compile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import jcuda.CudaException;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

import static jcuda.nvrtc.JNvrtc.nvrtcCompileProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcCreateProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcDestroyProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcGetCUBIN;
import static jcuda.nvrtc.JNvrtc.nvrtcGetCUBINSize;
import static jcuda.nvrtc.JNvrtc.nvrtcGetErrorString;
import static jcuda.nvrtc.JNvrtc.nvrtcGetPTX;
import static jcuda.nvrtc.JNvrtc.nvrtcGetProgramLog;
import static jcuda.nvrtc.JNvrtc.nvrtcVersion;

/** Compiles CUDA text to cubins and PTX. Loads NVRTC with the first compilation. Safe for many threads. */
public final class Nvrtc {
  private static final int SUCCESS = nvrtcResult.NVRTC_SUCCESS;

  private final NativeLibraries natives;
  private final NvrtcLibrary library;
  private final AtomicLong compilations = new AtomicLong();
  private final Object loading = new Object();
  private volatile boolean loaded;

  /**
   * The NVRTC that {@code natives} finds.
   *
   * @throws NativeLibraryException if it finds none
   */
  public Nvrtc(NativeLibraries natives) {
    this.natives = natives;
    this.library = natives.findNvrtc();
  }

  /** The NVRTC of this process's surroundings, unpacked into the user's cache. */
  public static Nvrtc standard() {
    return new Nvrtc(new NativeLibraries(CacheFolder.standard(), NativePlaces.standard()));
  }

  /** Names the compiler such that two compilers with one identity make the same images. Loads nothing. */
  public String identity() {
    return library.identity();
  }

  /** Where the compiler comes from, for people. Loads nothing. */
  public String origin() {
    return library.origin();
  }

  /** Such as {@code 12.9}, as its files are named. Loads nothing. */
  public String release() {
    return library.release();
  }

  /** Such as {@code 12.9}. Loads the library. */
  public String version() {
    load();
    int[] major = new int[1];
    int[] minor = new int[1];
    require("nvrtcVersion", nvrtcVersion(major, minor));
    return major[0] + "." + minor[0];
  }

  /** How many compilations this instance has started. */
  public long compilations() {
    return compilations.get();
  }

  /** Whether the native library is loaded. */
  public boolean isLoaded() {
    return loaded;
  }

  /**
   * Compiles {@code request}.
   *
   * @throws KernelCompilationException if the text is wrong; carries the compiler's log
   */
  public CompiledKernel compile(CompileRequest request) {
    load();
    compilations.incrementAndGet();
    nvrtcProgram program = new nvrtcProgram();
    check(request, "nvrtcCreateProgram", "", nvrtcCreateProgram(program, request.cuda(), request.name() + ".cu", 0,
        new String[0], new String[0]));
    try {
      return compile(request, program);
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private static CompiledKernel compile(CompileRequest request, nvrtcProgram program) {
    String[] options = options(request).toArray(new String[0]);
    int result = result(() -> nvrtcCompileProgram(program, options.length, options));
    String log = log(program);
    check(request, "nvrtcCompileProgram", log, result);
    byte[] image = switch (request.kind()) {
      case CUBIN -> cubin(request, program, log);
      case PTX -> ptx(request, program, log);
    };
    return new CompiledKernel(request.name(), request.arch(), request.kind(), Image.of(image), PtxasLog.parse(log),
        log);
  }

  private static List<String> options(CompileRequest request) {
    List<String> options = new ArrayList<>();
    options.add("--gpu-architecture=" + request.arch());
    if (request.kind() == ImageKind.CUBIN) {
      options.add("--ptxas-options=-v");
    }
    options.addAll(request.options());
    return options;
  }

  private static byte[] cubin(CompileRequest request, nvrtcProgram program, String log) {
    long[] size = new long[1];
    check(request, "nvrtcGetCUBINSize", log, nvrtcGetCUBINSize(program, size));
    if (size[0] < 1 || size[0] > Integer.MAX_VALUE) {
      throw new KernelCompilationException(request.name(), request.arch(), "a cubin of " + size[0] + " bytes", log);
    }
    byte[] cubin = new byte[(int) size[0]];
    check(request, "nvrtcGetCUBIN", log, nvrtcGetCUBIN(program, cubin));
    if (cubin.length < 4 || cubin[0] != 0x7f || cubin[1] != 'E' || cubin[2] != 'L' || cubin[3] != 'F') {
      throw new KernelCompilationException(request.name(), request.arch(), "NVRTC returned no ELF image", log);
    }
    return cubin;
  }

  private static byte[] ptx(CompileRequest request, nvrtcProgram program, String log) {
    String[] text = new String[1];
    check(request, "nvrtcGetPTX", log, nvrtcGetPTX(program, text));
    if (text[0] == null || text[0].isBlank()) {
      throw new KernelCompilationException(request.name(), request.arch(), "NVRTC returned no PTX", log);
    }
    int end = text[0].indexOf('\0');
    return (end < 0 ? text[0] : text[0].substring(0, end)).getBytes(StandardCharsets.UTF_8);
  }

  private static String log(nvrtcProgram program) {
    String[] log = new String[1];
    int result = result(() -> nvrtcGetProgramLog(program, log));
    return result != SUCCESS || log[0] == null ? "" : log[0].replace("\0", "").strip();
  }

  /** A host engine may have switched JCuda's exceptions on, which would hide the log of a failed compilation. */
  private static int result(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (CudaException e) {
      return nvrtcResult.NVRTC_ERROR_COMPILATION;
    }
  }

  private static void check(CompileRequest request, String call, String log, int result) {
    if (result != SUCCESS) {
      throw new KernelCompilationException(request.name(), request.arch(), call + ": " + nvrtcGetErrorString(result),
          log);
    }
  }

  private static void require(String call, int result) {
    if (result != SUCCESS) {
      throw new NativeLibraryException(call + ": " + nvrtcGetErrorString(result));
    }
  }

  private void load() {
    if (!loaded) {
      synchronized (loading) {
        if (!loaded) {
          natives.loadNvrtc(library);
          loaded = true;
        }
      }
    }
  }
}
