package org.bitloom.bundle;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The jars and folders that this process runs from. */
record ClassPath(List<Path> entries) {
  /** Jars whose native libraries a bundle holds unpacked, and those that only making a bundle needs. */
  private static final List<String> LEFT_OUT = List.of("jcuda-natives-", "cuda-redist-", "commons-compress-",
      "commons-codec-", "commons-io-", "commons-lang3-", "xz-");

  ClassPath {
    entries = List.copyOf(entries);
  }

  /** The class path of this process. */
  static ClassPath ofThisProcess() {
    return new ClassPath(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isBlank()).map(Path::of).filter(Files::exists).toList());
  }

  /** Copies what a bundle runs from to {@code folder}; a folder of classes becomes a jar. */
  void copyTo(Path folder) throws IOException {
    for (Path entry : entries) {
      if (Files.isDirectory(entry)) {
        jar(entry, folder.resolve("bitloom.jar"));
      } else if (LEFT_OUT.stream().noneMatch(entry.getFileName().toString()::startsWith)) {
        Files.copy(entry, folder.resolve(entry.getFileName()));
      }
    }
  }

  /** Unpacks the resource {@code path} from the jar that holds it. */
  void extract(String path, Path target) throws IOException {
    for (Path entry : entries) {
      if (!Files.isDirectory(entry)) {
        try (JarFile jar = new JarFile(entry.toFile())) {
          Optional<JarEntry> found = Optional.ofNullable(jar.getJarEntry(path));
          if (found.isPresent()) {
            try (InputStream in = jar.getInputStream(found.get())) {
              Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            }
            return;
          }
        }
      }
    }
    throw new BundleException(path + " is in no jar of the class path: build from a clone of the repository");
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        JarEntry entry = new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/'));
        entry.setTime(0);
        entries.putNextEntry(entry);
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }
}
