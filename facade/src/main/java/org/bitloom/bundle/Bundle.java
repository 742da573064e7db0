package org.bitloom.bundle;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A finished bundle.
 *
 * @param folder holds the launcher, the Java runtime, jars, native libraries and data
 * @param archive the folder as .tar.xz, if one was asked for
 * @param archiveBytes its size
 */
public record Bundle(Path folder, Optional<Path> archive, OptionalLong archiveBytes) {
  /** Whether a .tar.xz is wanted beside the folder. */
  public enum Packing {
    FOLDER, ARCHIVE
  }
}
