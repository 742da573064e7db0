package org.bitloom.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

import org.bitloom.runtime.file.OutputFile;

/** Gathers everything that Bitloom needs into one folder that runs on a Linux x86-64 machine with an NVIDIA driver only. */
public final class Bundler {
  private static final String JCUDA = "12.6.0-linux-x86_64.so";

  /** Resource of a jar, and the name it gets in {@code natives/}. */
  private static final Map<String, String> NATIVES = new TreeMap<>(Map.of(
      "org/bytedeco/cuda/linux-x86_64/libnvrtc.so.12", "libnvrtc.so.12",
      "org/bytedeco/cuda/linux-x86_64/libnvrtc-builtins.so.12.9", "libnvrtc-builtins.so.12.9",
      "lib/libJCudaDriver-" + JCUDA, "libJCudaDriver-" + JCUDA,
      "lib/libJNvrtc-" + JCUDA, "libJNvrtc-" + JCUDA));

  private static final List<String> TEXTS = List.of("LICENSE", "README.md");

  private final Path home;
  private final ClassPath classPath;

  private Bundler(Path home, ClassPath classPath) {
    this.home = home;
    this.classPath = classPath;
  }

  /**
   * A bundler of the running program.
   *
   * @param home root of the repository
   */
  public static Bundler ofThisProcess(Path home) {
    return new Bundler(home, ClassPath.ofThisProcess());
  }

  /**
   * Writes the bundle. It grows beside {@code folder} and gets its name when it is whole.
   *
   * @throws BundleException if {@code folder} exists and holds anything, or the archive beside it exists
   */
  public Bundle write(Path folder, Bundle.Packing packing) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    if (target.getFileName() == null) {
      throw new BundleException("'" + folder + "' has no name to give a bundle");
    }
    requireFree(target);
    OutputFile.folder(target);
    Path archiveTarget = target.resolveSibling(target.getFileName() + ".tar.xz");
    if (packing == Bundle.Packing.ARCHIVE && Files.exists(archiveTarget, LinkOption.NOFOLLOW_LINKS)) {
      throw new BundleException(archiveTarget + " exists; name another folder, or remove it");
    }
    Files.createDirectories(target.getParent());
    try (TemporaryFolder part = TemporaryFolder.in(target.getParent(), target.getFileName() + ".part")) {
      Path made = Files.createDirectory(part.path().resolve(target.getFileName()));
      fill(made);
      Optional<Path> archive = Optional.empty();
      if (packing == Bundle.Packing.ARCHIVE) {
        archive = Optional.of(archiveTarget);
        Path written = part.path().resolve("archive");
        TarXz.write(made, written, part.path().resolve("tar"));
        Files.move(written, archiveTarget);
      }
      Files.deleteIfExists(target);
      Files.move(made, target);
      OptionalLong bytes = archive.isPresent() ? OptionalLong.of(Files.size(archive.get())) : OptionalLong.empty();
      return new Bundle(target, archive, bytes);
    }
  }

  private void fill(Path folder) throws IOException {
    RuntimeImage.link(folder.resolve("jre"));
    classPath.copyTo(Files.createDirectory(folder.resolve("lib")));
    Path natives = Files.createDirectory(folder.resolve("natives"));
    for (Map.Entry<String, String> library : NATIVES.entrySet()) {
      classPath.extract(library.getKey(), natives.resolve(library.getValue()));
    }
    Path data = Files.createDirectories(folder.resolve("data/tiny-llama"));
    Path model = home.resolve("tests/data/tiny-llama");
    Files.copy(model.resolve("model.safetensors"), data.resolve("model.safetensors"));
    Files.copy(model.resolve("README.md"), data.resolve("README.md"));
    for (String text : TEXTS) {
      Files.copy(home.resolve(text), folder.resolve(text));
    }
    Path launcher = Files.copy(home.resolve("bitloom"), folder.resolve("bitloom"), StandardCopyOption.COPY_ATTRIBUTES);
    if (!launcher.toFile().setExecutable(true, false)) {
      throw new IOException(launcher + " cannot be made executable");
    }
  }

  private static void requireFree(Path target) throws IOException {
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw new BundleException(target + " is a file; name a folder that does not exist yet");
    }
    if (Files.isDirectory(target)) {
      try (var entries = Files.newDirectoryStream(target)) {
        if (entries.iterator().hasNext()) {
          throw new BundleException(target + " is not empty; name a folder that does not exist yet, or remove it");
        }
      }
    }
  }
}
