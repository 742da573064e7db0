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
  void benchNamesATableThatCannotBeWrittenBeforeItMeasures() {
    assertEquals(ExitCode.BAD_INPUT, run("bench", "--table", temp.resolve("no/table.md").toString()));
    assertEquals("bitloom: " + temp.resolve("no") + ": no such file or folder", err.toString().strip());
  }

  @Test
  void benchRefusesOneFileForRowsAndTable() {
    String file = temp.resolve("rows").toString();
    assertEquals(ExitCode.BAD_INPUT, run("bench", "--table", file, "--out", file));
    assertTrue(err.toString().contains("--out and --table name one file"), err.toString());
  }

  @Test
  void tuneNamesAFolderOfPicturesThatIsAFileBeforeItMeasures() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "precious");
    assertEquals(ExitCode.BAD_INPUT, run("tune", "int4_g128", "--picture", file.resolve("deeper").toString()));
    assertEquals("bitloom: " + file + ": is no folder", err.toString().strip());
  }

  @Test
  void tuneRefusesAFolderAsItsFile() {
    assertEquals(ExitCode.BAD_INPUT, run("tune", "int4_g128", "--out", temp.toString()));
    assertEquals("bitloom: " + temp + " is a folder, not a file", err.toString().strip());
  }

  private int quantize(Path output, String format) {
    return run("quantize", MODEL, "-o", output.toString(), "--format", format, "--include",
        "layers.0.self_attn.k_proj");
  }

  @Test
  void quantizeWritesTheFileThatALinkLeadsTo() throws IOException {
    Path target = Files.writeString(temp.resolve("target.safetensors"), "old");
    Path link = Files.createSymbolicLink(temp.resolve("link.safetensors"), target.getFileName());
    Path far = Files.createSymbolicLink(temp.resolve("far.safetensors"), link);
    assertEquals(ExitCode.OK, quantize(far, "int4_g128"), err.toString());
    assertTrue(Files.isSymbolicLink(far) && Files.isSymbolicLink(link));
    assertTrue(Files.size(target) > 1000);
    Path unborn = Files.createSymbolicLink(temp.resolve("new.safetensors"), Path.of("made.safetensors"));
    assertEquals(ExitCode.OK, quantize(unborn, "int4_g128"), err.toString());
    assertTrue(Files.isRegularFile(temp.resolve("made.safetensors")));
  }

  @Test
  void quantizeRefusesToTakeThePlaceOfAPipe() throws Exception {
    Path pipe = temp.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertEquals(ExitCode.BAD_INPUT, quantize(pipe, "int4_g128"));
    assertTrue(err.toString().startsWith("bitloom: " + pipe + ": is a device or a pipe"), err.toString());
    assertTrue(Files.exists(pipe) && !Files.isRegularFile(pipe));
  }

  @Test
  void quantizeRefusesAFolder() {
    assertEquals(ExitCode.BAD_INPUT, quantize(temp, "int4_g128"));
    assertEquals("bitloom: " + temp + ": is a folder, not a file", err.toString().strip());
  }

  @Test
  void quantizeNamesTheFolderThatIsMissing() {
    assertEquals(ExitCode.BAD_INPUT, quantize(temp.resolve("no/q.safetensors"), "int4_g128"));
    assertEquals("bitloom: " + temp.resolve("no") + ": no such file or folder", err.toString().strip());
  }

  @Test
  void quantizeNeverOverwritesTheDeclarationThatItReads() throws IOException {
    String text = "format mine { element int 4  scale f16 per row }";
    Path declaration = Files.writeString(temp.resolve("mine.bl"), text);
    assertEquals(ExitCode.BAD_INPUT, quantize(declaration, declaration.toString()));
    assertTrue(err.toString().contains("the output is the declaration itself"), err.toString());
    Path link = Files.createSymbolicLink(temp.resolve("link"), declaration);
    assertEquals(ExitCode.BAD_INPUT, quantize(link, declaration.toString()));
    assertEquals(text, Files.readString(declaration));
  }

  @Test
  void quantizeBelowAFileSaysSoInOneLine() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "precious");
    int status = run("quantize", MODEL, "-o", file.resolve("out.safetensors").toString(), "--format", "int4_g128");
    assertEquals(ExitCode.BAD_INPUT, status);
    assertEquals(1, err.toString().lines().count(), err.toString());
  }
}
