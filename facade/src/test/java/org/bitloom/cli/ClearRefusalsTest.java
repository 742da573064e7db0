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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Refusals name the file or the option, and what is wrong with it, before anything is computed. */
class ClearRefusalsTest {
  private static final String MODEL = Path.of("../tests/data/tiny-llama/model.safetensors").toString();

  @TempDir
  private Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = BitloomCommand.commandLine(new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.of()));
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "run fp6_e3m2 --shape 999999999x999999999                 | a shape has at most 2^35 weights",
      "run fp6_e3m2 --shape 131072x16 --batch 65536             | batch 65536 is too large for 131072x16",
      "bench --batches 2147483647                               | a batch has 1..65536 rows, not 2147483647",
      "explain fp6_e3m2 --stage plan --batch 2147483647         | a batch has 1..65536 rows, not 2147483647",
      "explain fp6_e3m2 --stage cuda --target sm_60             | kernels need sm_80 or later, not sm_60",
      "explain fp6_e3m2 --stage cuda --target sm_99999999999    | 'sm_99999999999' is no target",
      "explain fp6_e3m2 --stage model --target sm_90a           | --target is for stage cuda only",
      "explain fp6_e3m2 --stage cuda --batch 16                 | --batch is for stage plan only",
      "explain fp6_e3m2 --stage cuda --shape 16x16              | --shape is for stage plan only",
      "explain fp6_e3m2 --stage model --kernel x                | --kernel is for stage plan, layout, ir, cuda, java only",
      "perplexity missing --method clip                         | --method says how weights are quantized",
      "selftest --quick --sanitize                              | exclude each other",
      "selftest --sanitize --device cpu                         | the device 'cpu' has none",
      "tune fp6_e3m2 --verify-untuned --resume                  | --resume, --picture, --out and --seconds are for tuning",
      "verify ..                                                | ..: is a folder, not a file",
      "run fp6_e3m2 --weights ..                                | ..: is a folder, not a file",
      "explain ../facade --stage model                          | ../facade: is no file"})
  void sayWhatIsWrong(String command, String expected) {
    assertEquals(ExitCode.BAD_INPUT, run(command.strip().split(" +")), err.toString());
    assertTrue(err.toString().contains(expected), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void aMethodThatIsNotForAFormatIsRefusedBeforeTheModelIsMeasured() {
    assertEquals(ExitCode.BAD_INPUT,
        run("perplexity", MODEL, "--format", "int4_g128", "--method", "greedy", "--windows", "1"));
    assertTrue(err.toString().contains("int4_g128 is not binary-coded"), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void aDeclarationThatIsNoTextIsNamed() throws IOException {
    Path file = Files.write(temp.resolve("bin.bl"), new byte[]{(byte) 0xff, (byte) 0xfe});
    assertEquals(ExitCode.BAD_INPUT, run("explain", file.toString(), "--stage", "model"));
    assertEquals("bitloom: " + file + " is no text in UTF-8", err.toString().strip());
  }

  @Test
  void aNameThatIsNoNameOfAFileIsToldWithWhatToDo() {
    assertEquals(ExitCode.BAD_INPUT, run("explain", "./a\0.bl", "--stage", "model"));
    assertTrue(err.toString().contains("is no name of a file here"), err.toString());
    assertTrue(err.toString().contains("LC_ALL"), err.toString());
    assertEquals(ExitCode.BAD_INPUT, run("verify", "a\0"));
    assertTrue(
        err.toString().lines().anyMatch(line -> line.startsWith("bitloom: Invalid value for positional parameter")
            && line.contains("is no name of a file here")),
        err.toString());
  }
}
