package org.bitloom.bundle;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Writes a folder as a {@code .tar.xz} that depends on its content alone: sorted, no owners, no times. Parts of the tar are
 * compressed at the same time; the archive is the concatenation of their xz streams (xz file format 1.2, section 2).
 */
final class TarXz {
  private static final int PART_BYTES = 32 << 20;
  /** Each compressor takes about 11 times its dictionary of memory. */
  private static final int MOST_THREADS = 4;
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  private TarXz() {
  }

  /** Archives {@code folder}, whose name is the archive's one top folder; {@code scratch} is a file to work in. */
  static void write(Path folder, Path archive, Path scratch) throws IOException {
    writeTar(folder, scratch);
    try (FileChannel tar = FileChannel.open(scratch);
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive));
        ExecutorService threads = Executors
            .newFixedThreadPool(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()))) {
      List<Future<byte[]>> parts = new ArrayList<>();
      for (long from = 0; from < tar.size(); from += PART_BYTES) {
        long start = from;
        parts.add(threads.submit(() -> compress(tar, start)));
      }
      for (Future<byte[]> part : parts) {
        out.write(part.get());
      }
    } catch (ExecutionException e) {
      throw new IOException(archive + " could not be compressed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(archive + " was interrupted", e);
    }
  }

  private static byte[] compress(FileChannel tar, long from) {
    try {
      ByteBuffer part = ByteBuffer.allocate((int) Math.min(PART_BYTES, tar.size() - from));
      while (part.hasRemaining() && tar.read(part, from + part.position()) >= 0) {
        // reads on until the part is full
      }
      LZMA2Options lzma = new LZMA2Options();
      lzma.setDictSize(PART_BYTES);
      // Nearly all bytes are x86 machine code; the filter makes its jumps compress better.
      FilterOptions[] filters = {new X86Options(), lzma};
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (XZOutputStream xz = new XZOutputStream(packed, filters)) {
        xz.write(part.array(), 0, part.position());
      }
      return packed.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeTar(Path folder, Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
        Stream<Path> paths = Files.walk(folder)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Path path : paths.sorted().toList()) {
        add(tar, folder, path);
      }
      tar.finish();
    }
  }

  private static void add(TarArchiveOutputStream tar, Path folder, Path path) throws IOException {
    String inside = folder.resolveSibling("").relativize(path).toString();
    TarArchiveEntry entry;
    if (Files.isSymbolicLink(path)) {
      entry = new TarArchiveEntry(inside, TarArchiveEntry.LF_SYMLINK);
      entry.setLinkName(Files.readSymbolicLink(path).toString());
    } else if (Files.isDirectory(path)) {
      entry = new TarArchiveEntry(inside + "/");
    } else {
      entry = new TarArchiveEntry(inside);
      entry.setSize(Files.size(path));
    }
    entry.setMode(Files.isExecutable(path) ? EXECUTABLE : PLAIN);
    entry.setModTime(FileTime.fromMillis(0));
    entry.setIds(0, 0);
    tar.putArchiveEntry(entry);
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.copy(path, tar);
    }
    tar.closeArchiveEntry();
  }
}
