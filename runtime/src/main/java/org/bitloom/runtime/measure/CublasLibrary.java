package org.bitloom.runtime.measure;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.bitloom.runtime.measure.ForeignLibrary.INT;
import static org.bitloom.runtime.measure.ForeignLibrary.LONG;
import static org.bitloom.runtime.measure.ForeignLibrary.POINTER;

/** An installed libcublas, of whatever version, and the functions of it that a comparison needs. */
public final class CublasLibrary {
  private static final List<Integer> VERSIONS = List.of(13, 12, 11);

  private final String name;
  final MethodHandle create;
  final MethodHandle destroy;
  final MethodHandle setStream;
  final MethodHandle setWorkspace;
  final MethodHandle gemmEx;

  private CublasLibrary(ForeignLibrary library) {
    name = library.name();
    create = library.function("cublasCreate_v2", POINTER);
    destroy = library.function("cublasDestroy_v2", LONG);
    setStream = library.function("cublasSetStream_v2", LONG, LONG);
    setWorkspace = library.function("cublasSetWorkspace_v2", LONG, LONG, LONG);
    gemmEx = library.function("cublasGemmEx", LONG, INT, INT, INT, INT, INT, POINTER, LONG, INT, INT, LONG, INT, INT,
        POINTER, LONG, INT, INT, INT, INT);
  }

  /** Where it was found: a file, or the name that the dynamic linker resolved. */
  public String name() {
    return name;
  }

  /**
   * The newest libcublas that the dynamic linker knows or that lies in a usual place.
   *
   * @param environment of the process; LD_LIBRARY_PATH, CUDA_HOME and CUDA_PATH name folders to look in
   */
  public static Optional<CublasLibrary> find(Map<String, String> environment) {
    for (int version : VERSIONS) {
      Optional<ForeignLibrary> known = ForeignLibrary.open("libcublas.so." + version, Arena.global());
      if (known.isPresent()) {
        return known.map(CublasLibrary::new);
      }
    }
    List<Path> folders = folders(environment);
    for (int version : VERSIONS) {
      for (Path folder : folders) {
        Path file = folder.resolve("libcublas.so." + version);
        if (Files.isReadable(file)) {
          // libcublas finds libcublasLt beside it only if it was built with a run path: load that first.
          ForeignLibrary.open(folder.resolve("libcublasLt.so." + version), Arena.global());
          Optional<ForeignLibrary> found = ForeignLibrary.open(file, Arena.global());
          if (found.isPresent()) {
            return found.map(CublasLibrary::new);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<Path> folders(Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    for (String entry : environment.getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator, -1)) {
      if (!entry.isBlank()) {
        folders.add(Path.of(entry));
      }
    }
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      Optional.ofNullable(environment.get(variable)).ifPresent(home -> folders.add(Path.of(home, "lib64")));
    }
    matching(Path.of("/usr/local"), "cuda*").forEach(cuda -> folders.add(cuda.resolve("lib64")));
    folders.add(Path.of("/usr/lib/x86_64-linux-gnu"));
    for (Path root : List.of(Path.of("/usr/local/lib"), Path.of("/usr/lib"), Path.of("/opt/conda/lib"))) {
      for (Path python : matching(root, "python3*")) {
        for (String packages : List.of("site-packages", "dist-packages")) {
          folders.add(python.resolve(packages).resolve("nvidia/cublas/lib"));
          folders.add(python.resolve(packages).resolve("nvidia/cu13/lib"));
        }
      }
    }
    return folders;
  }

  private static List<Path> matching(Path folder, String glob) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      List<Path> paths = new ArrayList<>();
      found.forEach(paths::add);
      return paths;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
