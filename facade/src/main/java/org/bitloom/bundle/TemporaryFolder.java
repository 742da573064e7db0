package org.bitloom.bundle;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder to work in that goes when the work is done, and when the JVM is asked to end in the middle of it. */
final class TemporaryFolder implements AutoCloseable {
  private static final int MOST_ATTEMPTS = 40;
  private static final int PAUSE_MS = 50;
  /** Threads that still write may make the folder anew; gone for so long it stays away. */
  private static final int ENOUGH_PAUSES = 3;

  private final Path path;
  private final Thread remover;

  private TemporaryFolder(Path path) {
    this.path = path;
    this.remover = new Thread(this::removeAtExit, "bitloom-remove-folder");
  }

  /** A new folder in {@code parent}, of the name {@code prefix} and more. */
  static TemporaryFolder in(Path parent, String prefix) throws IOException {
    TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(parent, prefix));
    Runtime.getRuntime().addShutdownHook(folder.remover);
    return folder;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(remover);
    } catch (IllegalStateException e) {
      return; // the JVM is ending: the hook runs, and removes it
    }
    delete();
  }

  private void removeAtExit() {
    int gone = 0;
    for (int attempt = 0; attempt < MOST_ATTEMPTS && gone < ENOUGH_PAUSES; attempt++) {
      try {
        if (Files.exists(path)) {
          delete();
        }
        gone++;
        Thread.sleep(PAUSE_MS);
      } catch (IOException e) {
        gone = 0; // somebody wrote meanwhile: again
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void delete() throws IOException {
    Files.walkFileTree(path, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
        Files.deleteIfExists(folder);
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
