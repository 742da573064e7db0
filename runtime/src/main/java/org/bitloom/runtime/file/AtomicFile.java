package org.bitloom.runtime.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file that appears under its name complete or not at all: into a hidden file of the same folder, synced to disk,
 * then renamed. The hidden file is removed when writing fails and when the JVM is asked to end. A link stays a link: the file
 * that it leads to is replaced.
 */
public final class AtomicFile {
  private final Path target;
  private final Path partial;

  private AtomicFile(Path target) {
    this.target = target;
    this.partial = this.target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".partial");
  }

  /** Puts the bytes of a file into a channel. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes {@code target}, replacing a file that is there.
   *
   * @throws IOException if the file cannot be written, or {@code target} is a folder, a device or a pipe
   */
  public static void write(Path target, Content content) throws IOException {
    new AtomicFile(OutputFile.toReplace(target)).write(content);
  }

  private void write(Content content) throws IOException {
    Thread cleaner = new Thread(this::removeAtExit, "bitloom-remove-partial");
    addHook(cleaner);
    try {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error e) {
      removePartial(e);
      throw e;
    } finally {
      removeHook(cleaner);
    }
    syncFolder();
  }

  /** What keeps the file from being removed does not hide why it was not written. */
  private void removePartial(Throwable why) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private void removeAtExit() {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + partial, e);
    }
  }

  private static void addHook(Thread cleaner) {
    try {
      Runtime.getRuntime().addShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // the JVM is ending, and this is one of its last works: nobody else is asked to clean up
    }
  }

  private static void removeHook(Thread cleaner) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaner);
    } catch (IllegalStateException e) {
      // the JVM is ending: the hook runs, and finds nothing left to remove
    }
  }

  /** Makes the new name durable; platforms that cannot open folders have no such call. */
  private void syncFolder() throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
