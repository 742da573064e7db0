package org.bitloom.runtime.compile;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.bitloom.runtime.file.FileTrouble;
import org.bitloom.runtime.file.OutputFile;

/**
 * A folder that only this user can write, where compiled kernels and unpacked native libraries are kept. Files appear in
 * it complete or not at all.
 */
public final class CacheFolder {
  private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS_WRITE = EnumSet.of(PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.OTHERS_WRITE);

  private static final Path THIS_PROCESS = Path.of("/proc/self");
  private static final String OWNER = "unix:uid";

  private final Path root;

  private CacheFolder(Path root) {
    this.root = root;
  }

  /** The cache in {@code root}, which is created when first needed. */
  public static CacheFolder at(Path root) {
    return new CacheFolder(root.toAbsolutePath().normalize());
  }

  /** The user's cache: {@code $BITLOOM_CACHE}, else {@code $XDG_CACHE_HOME/bitloom}, else {@code ~/.cache/bitloom}. */
  public static CacheFolder standard() {
    return standard(System.getenv(), System.getProperty("user.home"));
  }

  static CacheFolder standard(Map<String, String> environment, String home) {
    String own = environment.getOrDefault("BITLOOM_CACHE", "");
    if (!own.isEmpty()) {
      return at(Path.of(own));
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches = xdg.startsWith("/") ? Path.of(xdg) : Path.of(home, ".cache");
    return at(caches.resolve("bitloom"));
  }

  /** The folder itself; may not exist yet. */
  public Path path() {
    return root;
  }

  /**
   * The subfolder {@code name}, created if need be.
   *
   * @throws UncheckedIOException if it cannot be created, or others could write to it
   */
  public Path folder(String name) {
    try {
      Path folder = root;
      privateFolder(folder);
      for (Path part : Path.of(name)) {
        folder = folder.resolve(part);
        privateFolder(folder);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the cache folder " + root + " cannot be used; set BITLOOM_CACHE to a folder of your own: "
              + FileTrouble.told(e),
          e);
    }
  }

  /** Writes bytes to a stream. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes {@code target}, a file in a folder of this cache: readers see the old file or the whole new one. */
  void publish(Path target, Content content) throws IOException {
    Path part = Files.createTempFile(folder("tmp"), "new-", ".part");
    try {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    try (FileChannel folder = FileChannel.open(parent(target), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private static void privateFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      OutputFile.folder(folder);
      Path parent = folder.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(folder)) {
          throw new IOException(folder + " is no folder", e);
        }
      }
    }
    for (PosixFilePermission permission : Files.getPosixFilePermissions(folder)) {
      if (OTHERS_WRITE.contains(permission)) {
        throw new IOException(folder + " can be written by others: chmod go-w it");
      }
    }
    if (Files.exists(THIS_PROCESS)
        && !Files.getAttribute(THIS_PROCESS, OWNER).equals(Files.getAttribute(folder, OWNER))) {
      throw new IOException(folder + " belongs to another user");
    }
  }

  private static Path parent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException(file + " lies in no folder");
    }
    return parent;
  }
}
