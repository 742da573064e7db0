package org.bitloom.runtime.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.bitloom.runtime.file.AtomicFile;
import org.bitloom.runtime.file.FileTrouble;
import org.bitloom.runtime.file.OutputFile;

/**
 * A tuning file on disk. Safe for many threads and processes: an addition reads what is there, merges it, and replaces the
 * file in one step under a lock, so readers see the old file or the whole new one and no writer loses another's entries. A
 * damaged or newer file is never overwritten.
 */
public final class TuningStore {
  private static final int LOCK_WAIT_MS = 2;
  private static final int LOCK_ATTEMPTS = 15_000;

  private final Path file;

  /** The store in {@code file}, which may not exist yet. */
  public TuningStore(Path file) {
    this.file = file.toAbsolutePath().normalize();
  }

  /** Where the entries lie. */
  public Path file() {
    return file;
  }

  /**
   * All entries, in their order; none if there is no file.
   *
   * @throws TuningFileException if the file is damaged, of a newer version, or cannot be read
   */
  public List<TuningEntry> entries() {
    return List.copyOf(read().values());
  }

  /**
   * Adds or replaces entries.
   *
   * @throws TuningFileException if the file that is there cannot be read, for then it must not be replaced
   */
  public void add(TuningEntry... entries) {
    try {
      Files.createDirectories(folder());
      Path target = OutputFile.toReplace(file);
      try (FileChannel channel = FileChannel.open(target.resolveSibling(target.getFileName() + ".lock"),
          StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock _ = lock(channel)) {
        SortedMap<TuningKey, TuningEntry> all = read();
        for (TuningEntry entry : entries) {
          all.put(entry.key(), entry);
        }
        ByteBuffer bytes = ByteBuffer.wrap(TuningJson.print(all.values()).getBytes(StandardCharsets.UTF_8));
        AtomicFile.write(target, content -> {
          while (bytes.hasRemaining()) {
            content.write(bytes);
          }
        });
      }
    } catch (IOException e) {
      throw new TuningFileException(file + " cannot be written: " + FileTrouble.told(e), e);
    }
  }

  /** Of one key that a merge left twice, the faster time counts. */
  private SortedMap<TuningKey, TuningEntry> read() {
    SortedMap<TuningKey, TuningEntry> entries = new TreeMap<>();
    if (Files.isDirectory(file)) {
      throw new TuningFileException(file + " is a folder, not a file");
    }
    try {
      for (TuningEntry entry : TuningJson.parse(file.toString(), Files.readString(file))) {
        entries.merge(entry.key(), entry, (one, other) -> one.us() <= other.us() ? one : other);
      }
      return entries;
    } catch (NoSuchFileException e) {
      return new TreeMap<>();
    } catch (IOException e) {
      throw new TuningFileException(file + " cannot be read: " + FileTrouble.told(e), e);
    } catch (UncheckedIOException e) {
      throw new TuningFileException(file + " cannot be read: " + FileTrouble.told(e.getCause()), e);
    }
  }

  /** Locks of one process do not wait for each other, they fail; so a thread tries again. */
  private FileLock lock(FileChannel channel) throws IOException {
    for (int attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        pause();
      }
    }
    throw new IOException("another thread holds its lock");
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOCK_WAIT_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for its lock", e);
    }
  }

  private Path folder() throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("it lies in no folder");
    }
    return folder;
  }
}
