package org.bitloom.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A bundle that is asked to end while it is made leaves nothing behind. */
class KilledBundleTest {
  private static final long PATIENCE_MS = 60_000;
  /** 128 + SIGTERM. */
  private static final int TERMINATED = 143;

  @TempDir
  private Path temp;

  @Test
  void leavesNothing() throws Exception {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-Dbitloom.home=" + Path.of("..").toAbsolutePath().normalize(), "-cp", System.getProperty("java.class.path"),
        "org.bitloom.cli.Main", "bundle", "-o", temp.resolve("made").toString()).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    long start = System.nanoTime();
    while (process.isAlive() && content().isEmpty()
        && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
      Thread.sleep(10);
    }
    Thread.sleep(500); // jlink is at work
    assertTrue(process.isAlive(), "ended by itself");
    process.destroy();
    assertTrue(process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS));
    assertEquals(TERMINATED, process.exitValue());
    assertEquals(List.of(), content());
  }

  private List<Path> content() throws Exception {
    try (Stream<Path> files = Files.list(temp)) {
      return files.toList();
    }
  }
}
