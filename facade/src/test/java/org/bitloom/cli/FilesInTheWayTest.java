package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.bitloom.job.Workplace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files that lie where a command would write: what fails or is refused leaves them as they are. */
class FilesInTheWayTest {
  private static final String MODEL = Path.of("../tests/data/tiny-llama/model.safetensors").toString();

  @TempDir
  private Path temp;

  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = BitloomCommand.commandLine(new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.of()));
    line.setOut(new PrintWriter(PrintWriter.nullWriter()));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  @Test
  void bundleRefusesAnArchiveThatIsThere() throws IOException {
    Path archive = Files.writeString(temp.resolve("made.tar.xz"), "precious");
    int status = run("bundle", "-o", temp.resolve("made").toString());
    assertEquals(ExitCode.BAD_INPUT, status);
    assertTrue(err.toString().contains(archive + " exists"), err.toString());
    assertEquals("precious", Files.readString(archive));
    assertFalse(Files.exists(temp.resolve("made")));
  }

  @Test
  void benchThatCannotRunLeavesAFileOfItsRowsAsItIs() throws IOException {
    Path rows = Files.writeString(temp.resolve("rows.jsonl"), "precious");
    int status = run("bench", "--formats", "^no_such_format$", "--out", rows.toString());
    assertNotEquals(ExitCode.OK, status);
    assertEquals("precious", Files.readString(rows));
    run("bench", "--formats", "^no_such_format$", "--out", temp.resolve("none.jsonl").toString());
    assertFalse(Files.exists(temp.resolve("none.jsonl")));
  }

  @Test
  void benchNamesAFileOfRowsThatCannotBeWrittenBeforeItMeasures() {
    assertEquals(ExitCode.BAD_INPUT, run("bench", "--out", temp.resolve("no/rows.jsonl").toString()));
    assertEquals("bitloom: " + temp.resolve("no") + ": no such file or folder", err.toString().strip());
  }

  @Test
  void quantizeBelowAFileSaysSoInOneLine() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "precious");
    int status = run("quantize", MODEL, "-o", file.resolve("out.safetensors").toString(), "--format", "int4_g128");
    assertEquals(ExitCode.BAD_INPUT, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
  }
}
