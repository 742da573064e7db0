package org.bitloom.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.codegen.java.GeneratedFile;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The committed texts of module generated-kernels are those that this generator makes; -Dbitloom.update=true rewrites them. */
class ShippedFilesTest {
  private static final List<String> FOLDERS = List.of("src/main/java/org/bitloom/generated",
      "src/main/resources/org/bitloom/generated");

  @Test
  void committedFilesAreWhatTheGeneratorMakes() throws IOException {
    List<GeneratedFile> files = ShippedSources.files(ShippedSources.all());
    assertTrue(files.size() > 80, "39 formats make more than 80 files, not " + files.size());
    if (Boolean.getBoolean("bitloom.update")) {
      rewrite(files);
    }
    for (GeneratedFile file : files) {
      Path committed = ShippedSources.MODULE.resolve(file.modulePath());
      assertTrue(Files.exists(committed), committed + " is missing; run this test with -Dbitloom.update=true");
      assertEquals(Files.readString(committed), file.text(), committed + " differs; -Dbitloom.update=true rewrites it");
    }
    Set<String> expected = files.stream().map(GeneratedFile::modulePath).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, committedPaths(), "files that no declaration makes");
  }

  private static Set<String> committedPaths() throws IOException {
    Set<String> paths = new TreeSet<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.list(ShippedSources.MODULE.resolve(folder))) {
        files.filter(Files::isRegularFile).filter(file -> !file.endsWith("package-info.java"))
            .forEach(file -> paths.add(folder + "/" + file.getFileName()));
      }
    }
    return paths;
  }

  private static void rewrite(List<GeneratedFile> files) throws IOException {
    for (String folder : FOLDERS) {
      Files.createDirectories(ShippedSources.MODULE.resolve(folder));
    }
    for (String stale : committedPaths()) {
      Files.delete(ShippedSources.MODULE.resolve(stale));
    }
    for (GeneratedFile file : files) {
      Files.writeString(ShippedSources.MODULE.resolve(file.modulePath()), file.text());
    }
  }
}
