package org.bitloom.runtime.compile;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Finds and loads the native libraries under Bitloom: NVRTC, the CUDA driver, and JCuda's bridges to both. */
@SuppressWarnings("restricted") // loading native code is what this class is for
public final class NativeLibraries {
  private static final String DRIVER = "libcuda.so.1";
  private static final List<Path> DRIVER_FOLDERS = List.of(Path.of("/usr/lib/wsl/lib"),
      Path.of("/usr/local/nvidia/lib64"),
      Path.of("/usr/lib64-nvidia"));

  private final CacheFolder cache;
  private final NativePlaces places;
  private final ClassLoader loader;

  /** Libraries of {@code places} and the class path, unpacked into {@code cache} where needed. */
  public NativeLibraries(CacheFolder cache, NativePlaces places) {
    this(cache, places, NativeLibraries.class.getClassLoader());
  }

  NativeLibraries(CacheFolder cache, NativePlaces places, ClassLoader loader) {
    this.cache = cache;
    this.places = places;
    this.loader = loader;
  }

  /** The NVRTC that {@link #loadNvrtc} would load. */
  NvrtcLibrary findNvrtc() {
    requireLinux();
    return NvrtcLibrary.find(places, loader);
  }

  /** Loads NVRTC; harmless if it is loaded already. */
  void loadNvrtc(NvrtcLibrary library) {
    library.builtins().ifPresent(file -> open(file.unpack(cache)));
    open(library.nvrtc().unpack(cache));
    JCudaNatives.NVRTC.load(places, cache, loader);
  }

  /**
   * Loads JCuda's driver API.
   *
   * @throws NativeLibraryException if this machine has no NVIDIA driver
   */
  public void loadDriver() {
    requireLinux();
    if (!opens(DRIVER)) {
      DRIVER_FOLDERS.stream().map(folder -> folder.resolve(DRIVER)).filter(Files::isRegularFile).findFirst()
          .ifPresentOrElse(NativeLibraries::open, () -> {
            throw new NativeLibraryException(
                "no NVIDIA driver: " + DRIVER + " was not found. On a machine with an NVIDIA "
                    + "GPU, install driver 525 or newer (in a container: start it with the NVIDIA container toolkit, "
                    + "--gpus all). The device 'cpu' multiplies without a GPU.");
          });
    }
    JCudaNatives.DRIVER.load(places, cache, loader);
  }

  private static boolean opens(String name) {
    try {
      SymbolLookup.libraryLookup(name, Arena.global());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A library opened by path answers later searches for its soname, so what depends on it finds this very file. */
  private static void open(Path file) {
    try {
      SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativeLibraryException(
          file + " cannot be loaded. It must be a library for Linux on x86-64, in a folder "
              + "not mounted noexec (BITLOOM_CACHE names another cache folder).",
          e);
    }
  }

  private static void requireLinux() {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!os.toLowerCase(Locale.ROOT).matches("linux (amd64|x86_64)")) {
      throw new NativeLibraryException(
          "CUDA kernels need Linux on x86-64; this is " + os + ". Use the device 'cpu' here.");
    }
  }
}
