package org.bitloom.runtime.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Says, before any work is done, whether a file of a name can be written, and which one it is: links are followed. */
public final class OutputFile {
  private static final int MOST_LINKS = 40;

  private OutputFile() {
  }

  /**
   * The file that {@code name} leads to, which may not exist yet, to be replaced as a whole.
   *
   * @throws IOException if it cannot be, for it is a folder, a device or a pipe, or its folder is missing or not ours
   */
  public static Path toReplace(Path name) throws IOException {
    if (Files.exists(name) && !Files.isDirectory(name) && !Files.isRegularFile(name)) {
      throw new FileSystemException(name.toString(), null,
          "is a device or a pipe, which a whole file cannot take the place of; name a file");
    }
    Path file = followed(name);
    requireWritable(folderOf(name, file));
    return file;
  }

  /**
   * The file that {@code name} leads to, to be written as it lies: devices and pipes will do.
   *
   * @throws IOException if it cannot be, for it is a folder, or may not be written, or its folder is missing
   */
  public static Path toFill(Path name) throws IOException {
    if (Files.exists(name) && !Files.isDirectory(name)) {
      requireWritable(name);
      return name;
    }
    Path file = followed(name);
    requireWritable(folderOf(name, file));
    return file;
  }

  /**
   * A folder to write files to, which may not exist yet.
   *
   * @throws IOException if it is a file, or cannot be made or written to
   */
  public static Path folder(Path name) throws IOException {
    Path there = name.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw new NotDirectoryException(there.toString());
    }
    requireWritable(there);
    return name;
  }

  private static Path folderOf(Path name, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(name.toString(), null, "is a folder, not a file");
    }
    Path folder = file.getParent();
    if (folder == null || !Files.exists(folder)) {
      throw new NoSuchFileException(String.valueOf(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    return folder;
  }

  private static void requireWritable(Path path) throws IOException {
    if (!Files.isWritable(path)) {
      throw new AccessDeniedException(path.toString());
    }
  }

  private static Path followed(Path name) throws IOException {
    Path file = name.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(name.toString());
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    return file;
  }
}
