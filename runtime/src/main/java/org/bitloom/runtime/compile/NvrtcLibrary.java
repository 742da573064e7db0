package org.bitloom.runtime.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An NVRTC of CUDA 12 that was found, not yet loaded.
 *
 * @param origin where it comes from, for people
 * @param builtins the library of built-in headers that it loads by name; absent if the system has to find it
 */
record NvrtcLibrary(String origin, NativeFile nvrtc, Optional<NativeFile> builtins) {
  private static final String NAME = "libnvrtc.so.12";
  private static final String REDIST = "org/bytedeco/cuda/linux-x86_64/";

  /** What cached kernels depend on: known without loading the library. */
  String identity() {
    return nvrtc.identity() + builtins.map(file -> "; " + file.identity()).orElse("");
  }

  /** Such as {@code 12.9}, as the name of the built-ins tells without loading; {@code 12} where they were not found. */
  String release() {
    String name = builtins.map(NativeFile::name).orElse(NAME);
    return name.substring(name.indexOf(".so.") + ".so.".length());
  }

  /**
   * The first NVRTC of: the user's choice, the bundle, the redist jar on the class path, the system.
   *
   * @throws NativeLibraryException if there is none
   */
  static NvrtcLibrary find(NativePlaces places, ClassLoader loader) {
    if (places.nvrtc().isPresent()) {
      Path asked = places.nvrtc().get();
      return (Files.isDirectory(asked) ? inFolder("BITLOOM_NVRTC", asked) : file("BITLOOM_NVRTC", asked))
          .orElseThrow(() -> new NativeLibraryException("BITLOOM_NVRTC (or -Dbitloom.nvrtc) is " + asked
              + ", but no " + NAME
              + " is there. Name the library of a CUDA 12 toolkit, or unset it to use the built-in one."));
    }
    return places.bundle().flatMap(folder -> inFolder("bundle", folder)).or(() -> onClassPath(loader))
        .or(() -> places.system().stream().flatMap(folder -> inFolder("system", folder).stream()).findFirst())
        .orElseThrow(() -> new NativeLibraryException("no NVRTC (" + NAME + ") was found. Add the Maven artifact "
            + "org.bytedeco:cuda-redist (classifier linux-x86_64, 12.9) to the class path, or install a CUDA 12 toolkit "
            + "and set BITLOOM_NVRTC to its libnvrtc.so.12. CUDA 13's NVRTC does not fit."));
  }

  private static Optional<NvrtcLibrary> inFolder(String origin, Path folder) {
    return file(origin, folder.resolve(NAME));
  }

  private static Optional<NvrtcLibrary> file(String origin, Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    return Optional.of(new NvrtcLibrary(origin + ": " + file, new NativeFile.Installed(file), builtinsBeside(file)));
  }

  private static Optional<NativeFile> builtinsBeside(Path nvrtc) {
    List<Path> found = new ArrayList<>();
    try {
      Path folder = nvrtc.toRealPath().getParent();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "libnvrtc-builtins.so.12.*")) {
        files.forEach(found::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look beside " + nvrtc, e);
    }
    found.sort(null);
    return found.isEmpty() ? Optional.empty() : Optional.of(new NativeFile.Installed(found.getFirst()));
  }

  private static Optional<NvrtcLibrary> onClassPath(ClassLoader loader) {
    return NativeFile.Packed.find(loader, REDIST + NAME).map(nvrtc -> new NvrtcLibrary("Maven artifact cuda-redist",
        nvrtc, NativeFile.Packed.find(loader, REDIST + "libnvrtc-builtins.so.12.9")));
  }
}
