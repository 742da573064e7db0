package org.bitloom.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The archive of a bundle. */
class TarXzTest {
  @TempDir
  private Path temp;

  @Test
  void keepsNamesModesLinksAndBytesOverSeveralParts() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("it/sub"));
    byte[] big = new byte[33 << 20]; // more than one part
    new SplittableRandom(5).nextBytes(big);
    Arrays.fill(big, 1 << 10, big.length - (1 << 10), (byte) 7);
    Files.write(folder.resolve("big"), big);
    Path tool = Files.writeString(temp.resolve("it/tool"), "#!/bin/sh\n");
    assertTrue(tool.toFile().setExecutable(true));
    Files.createSymbolicLink(temp.resolve("it/link"), Path.of("sub/big"));
    TarXz.write(temp.resolve("it"), temp.resolve("it.tar.xz"), temp.resolve("scratch"));

    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(
        new XZInputStream(Files.newInputStream(temp.resolve("it.tar.xz"))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        switch (entry.getName()) {
          case "it/link" -> assertEquals("sub/big", entry.getLinkName());
          case "it/tool" -> assertEquals(0755, entry.getMode() & 0777);
          case "it/sub/big" -> assertArrayEquals(big, tar.readAllBytes());
          default -> assertTrue(entry.isDirectory(), entry.getName());
        }
      }
    }
    assertEquals(List.of("it/", "it/link", "it/sub/", "it/sub/big", "it/tool"), names);
  }

  @Test
  void dependsOnContentAlone() throws IOException {
    for (String name : List.of("a", "b")) {
      Path file = Files.createDirectories(temp.resolve(name + "/it")).resolve("file");
      Files.writeString(file, "same");
      Files.setLastModifiedTime(file, FileTime.fromMillis(name.hashCode() * 1000L));
      TarXz.write(file.getParent(), temp.resolve(name + ".xz"), temp.resolve(name + ".tar"));
    }
    assertEquals(-1, Files.mismatch(temp.resolve("a.xz"), temp.resolve("b.xz")));
  }
}
