package org.bitloom.dsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.bitloom.dsl.source.Source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** The {@code .bl} files of a folder of test resources, and the texts expected of them. */
public enum Corpus {
  /** Files that are right; {@code NAME.canonical} is how they print. */
  GOOD("good", ".canonical"),
  /** Files that are wrong; {@code NAME.expected} is what is said of them. */
  BAD("bad", ".expected");

  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private final String folder;
  private final String suffix;

  Corpus(String folder, String suffix) {
    this.folder = folder;
    this.suffix = suffix;
  }

  /** All files in the order of their names. */
  public List<Path> files() {
    try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".bl")).sorted().toList();
      assertFalse(found.isEmpty(), "no .bl files in " + RESOURCES.resolve(folder).toAbsolutePath());
      return found;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The text of a file under its bare name. */
  public static Source read(Path file) {
    try {
      return Source.of(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Compares with what the folder holds for {@code file}; {@code -Dbitloom.update=true} rewrites it. */
  public void assertExpected(Path file, String actual) {
    String name = file.getFileName().toString().replaceFirst("\\.bl$", suffix);
    Path expected = file.resolveSibling(name);
    try {
      if (Boolean.getBoolean("bitloom.update")) {
        Files.writeString(expected, actual);
      }
      assertEquals(Files.exists(expected) ? Files.readString(expected) : "", actual, name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
