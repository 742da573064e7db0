package org.bitloom.runtime.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compiled kernels on disk, named by their {@link CacheKey}. Safe for many threads and processes: an entry appears whole or
 * not at all, carries its own checksum, and counts as absent when it is damaged.
 */
public final class CubinCache {
  /** Size at which the oldest entries go: 1 GiB. */
  public static final long DEFAULT_MAX_BYTES = 1L << 30;

  private static final System.Logger LOG = System.getLogger(CubinCache.class.getName());
  private static final Duration REFRESH_AFTER = Duration.ofHours(1);
  private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  private final CacheFolder cache;
  private final long maxBytes;

  /** A cache in {@code cache} of at most {@code maxBytes}. */
  public CubinCache(CacheFolder cache, long maxBytes) {
    this.cache = cache;
    this.maxBytes = maxBytes;
  }

  /** The kernel stored under {@code key}; a damaged one is removed. */
  public Optional<CompiledKernel> find(CacheKey key) {
    Path file = file(key);
    try {
      byte[] bytes = Files.readAllBytes(file);
      try {
        CompiledKernel kernel = CacheEntry.read(key, bytes);
        refresh(file);
        return Optional.of(kernel);
      } catch (IOException | IllegalArgumentException e) {
        LOG.log(Level.WARNING, "cached kernel {0} is damaged and will be rebuilt: {1}", file, e.toString());
        Files.deleteIfExists(file);
        return Optional.empty();
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cached kernel {0} cannot be read: {1}", file, e.toString());
      return Optional.empty();
    }
  }

  /** Stores {@code kernel}; a cache that cannot be written costs a warning and a compilation next time. */
  public void store(CacheKey key, CompiledKernel kernel) {
    try {
      cache.publish(file(key), out -> out.write(CacheEntry.write(key, kernel)));
      evict();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "compiled kernel {0} cannot be cached: {1}", kernel.name(), e.toString());
    }
  }

  private Path file(CacheKey key) {
    return cache.folder("kernels").resolve(key.hex());
  }

  /** Eviction goes by age since the last use; writing that down once an hour is enough. */
  private static void refresh(Path file) throws IOException {
    Instant now = Instant.now();
    if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(REFRESH_AFTER))) {
      Files.setLastModifiedTime(file, FileTime.from(now));
    }
  }

  private record Stored(Path file, long bytes, FileTime used) {
  }

  private void evict() throws IOException {
    List<Stored> kernels = list(cache.folder("kernels"));
    long total = kernels.stream().mapToLong(Stored::bytes).sum();
    if (total > maxBytes) {
      for (Stored oldest : kernels.stream().sorted(Comparator.comparing(Stored::used)).toList()) {
        if (total <= maxBytes / 4 * 3) {
          break;
        }
        Files.deleteIfExists(oldest.file());
        total -= oldest.bytes();
      }
    }
    Instant abandoned = Instant.now().minus(ABANDONED_AFTER);
    for (Stored part : list(cache.folder("tmp"))) {
      if (part.used().toInstant().isBefore(abandoned)) {
        Files.deleteIfExists(part.file());
      }
    }
  }

  private static List<Stored> list(Path folder) throws IOException {
    List<Stored> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
          found.add(new Stored(file, attributes.size(), attributes.lastModifiedTime()));
        } catch (NoSuchFileException e) {
          LOG.log(Level.DEBUG, "another process removed {0}", file);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return found;
  }
}
