package org.bitloom.runtime.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CacheFolderTest {
  @TempDir
  Path temporary;

  @Test
  void followsTheEnvironment() {
    assertEquals(Path.of("/own"),
        CacheFolder.standard(Map.of("BITLOOM_CACHE", "/own", "XDG_CACHE_HOME", "/xdg"), "/home/me").path());
    assertEquals(Path.of("/xdg/bitloom"), CacheFolder.standard(Map.of("XDG_CACHE_HOME", "/xdg"), "/home/me").path());
    assertEquals(Path.of("/home/me/.cache/bitloom"),
        CacheFolder.standard(Map.of("XDG_CACHE_HOME", "not/absolute"), "/home/me").path());
  }

  @Test
  void foldersArePrivate() throws IOException {
    Path folder = CacheFolder.at(temporary.resolve("a/b")).folder("c/d");
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    assertEquals(temporary.resolve("a/b/c/d"), folder);
  }

  @Test
  void refusesFoldersThatOthersCanWrite() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> CacheFolder.at(open).folder("kernels"));
    assertTrue(e.getMessage().contains("written by others") && e.getMessage().contains("BITLOOM_CACHE"),
        e.getMessage());
  }

  @Test
  void refusesAFileInTheWay() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    assertThrows(UncheckedIOException.class, () -> CacheFolder.at(file).folder("kernels"));
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNoParts() throws IOException {
    CacheFolder cache = CacheFolder.at(temporary.resolve("cache"));
    Path target = cache.folder("kernels").resolve("x");
    cache.publish(target, out -> out.write(new byte[]{1, 2, 3}));
    assertThrows(IOException.class, () -> cache.publish(target, out -> {
      out.write(new byte[100]);
      throw new IOException("disk full");
    }));
    assertEquals(3, Files.size(target));
    try (Stream<Path> parts = Files.list(cache.folder("tmp"))) {
      assertFalse(parts.findAny().isPresent());
    }
  }
}
