package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

import org.bitloom.job.Workplace;
import org.bitloom.runtime.compile.CacheFolder;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a command says that ends otherwise than by itself: one line, and a status that is not 0. */
class LastWordsTest {
  private final StringWriter err = new StringWriter();

  private CommandLine line() {
    CommandLine line = BitloomCommand.commandLine(new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.of()));
    line.setOut(new PrintWriter(PrintWriter.nullWriter()));
    line.setErr(new PrintWriter(err));
    return line;
  }

  /** A command that fails as the JVM does. */
  @Command
  private record Failing(Error error) implements Callable<Integer> {
    @Override
    public Integer call() {
      throw error;
    }
  }

  /** A writer that fails as files, devices and pipes do. */
  private static final class Broken extends Writer {
    private final String reason;

    Broken(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      throw new IOException(reason);
    }

    @Override
    public void flush() {
      // there is nothing
    }

    @Override
    public void close() {
      // there is nothing
    }
  }

  private int fail(Error error) {
    CommandLine line = line().addSubcommand("fail", new Failing(error));
    line.setErr(new PrintWriter(err));
    return line.execute("fail");
  }

  @Test
  void memoryThatIsUsedUpIsToldInOneLine() {
    assertEquals(ExitCode.BAD_INPUT, fail(new OutOfMemoryError("Java heap space")));
    assertTrue(err.toString().startsWith("bitloom: not enough memory: Java heap space; "), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  @Test
  void stackThatIsUsedUpIsToldInOneLine() {
    assertEquals(ExitCode.BAD_INPUT, fail(new StackOverflowError()));
    assertTrue(err.toString().startsWith("bitloom: not enough stack"), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  @Test
  void outputThatIsLostIsAFailure() {
    CommandLine line = line();
    line.setOut(new StandardOutput(new Broken("No space left on device")));
    assertEquals(ExitCode.BAD_INPUT, line.execute("explain", "int4_g128", "--stage", "syntax"));
    assertEquals("bitloom: the output could not be written", err.toString().strip());
  }

  /** In a process of its own, for what the system says of such a pipe depends on the language. */
  @Test
  void readersMayLeaveAPipe() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-cp", System.getProperty("java.class.path"), "org.bitloom.cli.Main", "explain", "int4_g128", "--stage", "cuda")
        .start();
    process.getInputStream().close();
    assertEquals("", new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(ExitCode.OK, process.waitFor());
  }

  @Test
  void whatFailsWithTheCacheSaysWhatToDo() {
    CacheFolder cache = CacheFolder.at(Path.of("/dev/null/cache"));
    UncheckedIOException failed = assertThrows(UncheckedIOException.class, () -> cache.folder("kernels"));
    assertEquals("the cache folder /dev/null/cache cannot be used; set BITLOOM_CACHE to a folder of your own: "
        + "/dev/null: is no folder", Failure.of(failed).message());
    assertEquals("/x: no such file or folder",
        Failure.of(new UncheckedIOException(new NoSuchFileException("/x"))).message());
  }

  @Test
  void wrongUsageIsToldAsOtherFailuresAre() {
    assertEquals(ExitCode.BAD_INPUT, line().execute("run"));
    assertTrue(err.toString().startsWith("bitloom: Missing required parameter"), err.toString());
    assertTrue(err.toString().contains("Usage: bitloom run"), err.toString());
  }
}
