package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.bitloom.job.Workplace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every command as a user meets it: what it prints, what it refuses and how it exits. */
class CommandLineTest {
  private static final Pattern MEMBER = Pattern.compile("\"([a-z_0-9]+)\": ");

  private static final String MODEL = Path.of("../tests/data/tiny-llama/model.safetensors").toString();

  @TempDir
  private Path temp;

  private record Outcome(int status, String out, String err) {
  }

  private Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = BitloomCommand.commandLine(new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.of()));
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return new Outcome(line.execute(args), out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "run fp6_e3n2                                     | Did you mean 'fp6_e3m2'?",
      "run no/such/file.bl                              | no/such/file.bl: no such file",
      "run fp6_e3m2 --shape 12                          | '12' is not a shape; expected NxK",
      "run fp6_e3m2 --shape 0x16                        | n, k >= 1, not 0x16",
      "run fp6_e3m2 --shape 16x16 --batch 0             | a batch has 1..65536 rows, not 0",
      "run fp6_e3m2 --shape 16x16 --batch many          | 'many' is not an int",
      "run fp6_e3m2 --shape 16x16 --kernel nope         | has no kernel 'nope'",
      "run fp6_e3m2 --shape 16x16 --device gpu          | no device 'gpu'",
      "run fp6_e3m2 --shape 16x16 --weights a           | exclude each other",
      "run fp6_e3m2 --weights missing.safetensors       | missing.safetensors",
      "run                                              | FORMAT|FILE.bl",
      "explain fp6_e3m2                                 | --stage",
      "explain fp6_e3m2 --stage magic                   | magic",
      "explain fp6_e3m2 --stage cuda --kernel nope      | no kernel 'nope'",
      "explain fp6_e3m2 --stage cuda --target h100      | 'h100' is no target",
      "selftest --formats [                             | is no regular expression",
      "selftest --device cpu --formats nothing          | no format matches 'nothing'",
      "bench --batches 0                                | a batch has 1..65536 rows, not 0",
      "bench --shapes 4096                              | is not a shape",
      "bench --schedules fast                           | not a schedule: 'fast'",
      "bench --shapes 4096x4096@1+x                     | has no batches behind its @",
      "bench --shapes 4096x4096@0                       | a batch has 1..65536 rows, not 0",
      "bench --planes 0                                 | at least one sign plane",
      "bench --kernels [                                | no regular expression",
      "bench --kernels _a9_                             | is named so",
      "tune fp6_e3m2 --kernels _a8_                     | is named so",
      "tune                                             | FORMATS",
      "tune fp6_e3n2                                    | Did you mean 'fp6_e3m2'?",
      "tune fp6_e3m2 --batches 0                        | a batch has 1..65536 rows, not 0",
      "tune fp6_e3m2 --shapes 12                        | is not a shape",
      "tune fp6_e3m2 --seconds 0                        | takes some time",
      "explain fp6_e3m2 --stage plan --shape 12         | is not a shape",
      "explain fp6_e3m2 --stage plan --batch 0          | a batch has 1..65536 rows, not 0",
      "bundle                                           | --output",
      "quantize missing.safetensors -o q --format fp6_e3m2   | missing.safetensors: no such file",
      "quantize a -o b --format fp6_e3n2                | Did you mean 'fp6_e3m2'?",
      "quantize a -o b --format fp6_e3m2 --method magic | magic",
      "quantize a --format fp6_e3m2                     | --output",
      "verify missing.safetensors                       | missing.safetensors: no such file",
      "weave                                            | weave"})
  void refusesBadInputInOneMessage(String command, String expected) {
    Outcome outcome = run(command.strip().split(" +"));
    assertEquals(ExitCode.BAD_INPUT, outcome.status(), outcome.err());
    assertTrue(outcome.err().contains(expected), outcome.err());
    assertFalse(outcome.err().contains("\tat "), outcome.err());
    assertEquals("", outcome.out());
  }

  @Test
  void showsEveryErrorOfADeclarationWithItsPlace() throws IOException {
    Path file = Files.writeString(temp.resolve("bad.bl"), "format a { elemnt int 4  scale f16 per row }\nkernel }\n");
    Outcome outcome = run("run", file.toString());
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains("bad.bl:1:12: error: "), outcome.err());
    assertTrue(outcome.err().contains("did you mean 'element'?"), outcome.err());
    assertTrue(outcome.err().contains("bad.bl:2:"), outcome.err());
  }

  @Test
  void refusesKernelsThatNoFamilyRunsWithTheirPlace() throws IOException {
    Path file = Files.writeString(temp.resolve("bcq.bl"),
        "format bcq { element binary 3  scale f16 per 96 }\nkernel k { y f16 = x f16 * bcq }\n");
    Outcome outcome = run("run", file.toString(), "--shape", "16x128");
    assertEquals(ExitCode.BAD_INPUT, outcome.status(), outcome.err());
    assertTrue(outcome.err().contains("bcq.bl:2:1: error: no kernel family runs bcq yet: "), outcome.err());
  }

  @Test
  void runsFormatsWithoutKernelsOnTheCpuAlone() throws IOException {
    Path file = Files.writeString(temp.resolve("bcq.bl"), "format bcq { element binary 5  scale bf16 per row }\n");
    Outcome outcome = run("run", file.toString(), "--shape", "33x300", "--batch", "3", "--device", "cpu");
    assertEquals(ExitCode.OK, outcome.status(), outcome.err());
    assertTrue(outcome.out().contains("none: no kernel family runs this format yet"), outcome.out());
    Outcome elsewhere = run("run", file.toString(), "--shape", "33x300", "--device", "emulated");
    assertEquals(ExitCode.BAD_INPUT, elsewhere.status(), elsewhere.err());
    assertTrue(elsewhere.err().contains("--device cpu can"), elsewhere.err());
  }

  @Test
  void explainsTheLayoutOfBinaryCodedFormats() {
    Outcome layout = run("explain", "bcq3_g128", "--stage", "layout");
    assertEquals(ExitCode.OK, layout.status(), layout.err());
    assertTrue(layout.out().contains("3 planes of these"), layout.out());
    Outcome cuda = run("explain", "bcq3_g128", "--stage", "cuda");
    assertEquals(ExitCode.OK, cuda.status(), cuda.err());
    assertTrue(cuda.out().contains("family digit-mma"), cuda.out());
  }

  @Test
  void binaryCodedModelsVerify() {
    Path output = temp.resolve("q.safetensors");
    Outcome quantized = run("quantize", MODEL, "-o", output.toString(), "--format", "bcq3_g128", "--include",
        "layers.0.self_attn.[kv]");
    assertEquals(ExitCode.OK, quantized.status(), quantized.err());
    assertTrue(quantized.out().contains("2 matrices, "), quantized.out());
    Outcome verified = run("verify", output.toString(), "--against", MODEL);
    assertEquals(ExitCode.OK, verified.status(), verified.err());
    assertEquals(2, verified.out().lines().filter(line -> line.contains("bcq3_g128    ok, relative error 0.1")).count(),
        verified.out());
    Outcome refused = run("quantize", MODEL, "-o", output.toString(), "--format", "bcq3_g128", "--method", "clip");
    assertEquals(ExitCode.BAD_INPUT, refused.status());
    assertTrue(refused.err().contains("bcq3_g128 is binary-coded"), refused.err());
  }

  @Test
  void measuresPerplexity() {
    Outcome outcome = run("perplexity", MODEL, "--windows", "1", "--format", "bcq2_g128", "--method", "greedy");
    assertEquals(ExitCode.OK, outcome.status(), outcome.err());
    assertTrue(outcome.out().contains("as they are"), outcome.out());
    assertTrue(outcome.out().lines().anyMatch(line -> line.matches("bcq2_g128 +greedy +2\\.375 +\\d+\\.\\d{6}")),
        outcome.out());
    Outcome compared = run("perplexity", MODEL, "--windows", "2", "--format", "int2_g128,bcq2_g128", "--method",
        "standard",
        "--json");
    assertEquals(ExitCode.OK, compared.status(), compared.err());
    assertEquals(1, compared.out().lines().filter(line -> line.contains("loss_difference")).count(), compared.out());
    assertTrue(compared.out().lines().anyMatch(line -> line.contains("\"bcq2_g128\"")
        && line.matches(".*\"loss_difference\": -[0-9.E-]+, \"standard_error\": [0-9.E-]+}")), compared.out());
    Outcome tooLong = run("perplexity", MODEL, "--windows", "1000");
    assertEquals(ExitCode.BAD_INPUT, tooLong.status());
    assertTrue(tooLong.err().contains("72 windows of 256"), tooLong.err());
  }

  @Test
  void refusesAFileThatIsNoText() throws IOException {
    Path file = Files.write(temp.resolve("noise.bl"), new byte[]{(byte) 0xff, (byte) 0xfe, 0, 1});
    Outcome outcome = run("run", file.toString());
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains("no text in UTF-8"), outcome.err());
  }

  @Test
  void quantizesAModelThatVerifies() {
    Path output = temp.resolve("q.safetensors");
    Outcome quantized = run("quantize", MODEL, "-o", output.toString(), "--format", "int4_g128", "--include",
        "layers.0.mlp");
    assertEquals(ExitCode.OK, quantized.status(), quantized.err());
    assertTrue(quantized.out().contains("3 matrices, "), quantized.out());
    Outcome verified = run("verify", output.toString(), "--against", MODEL);
    assertEquals(ExitCode.OK, verified.status(), verified.err());
    assertEquals(3, verified.out().lines().filter(line -> line.contains("int4_g128    ok, relative error 0.1")).count(),
        verified.out());
  }

  @Test
  void verifyFindsAChangedWeightByItsDistance() throws IOException {
    Path output = temp.resolve("q.safetensors");
    run("quantize", MODEL, "-o", output.toString(), "--format", "mxfp4", "--include", "layers.0.mlp.up");
    Path other = temp.resolve("other.safetensors");
    run("quantize", MODEL, "-o", other.toString(), "--format", "int8_row", "--include", "layers.0.mlp.up");
    Outcome swapped = run("verify", output.toString(), "--against", other.toString());
    assertEquals(ExitCode.FAILURE_FOUND, swapped.status(), swapped.err());
    assertTrue(swapped.out().contains("WRONG: "), swapped.out());
  }

  @Test
  void leavesNoOutputWhereItCannotWriteOne() throws IOException {
    Files.writeString(temp.resolve("file"), "x");
    Outcome outcome = run("quantize", MODEL, "-o", temp.resolve("file/q.safetensors").toString(), "--format", "mxfp4");
    assertEquals(ExitCode.BAD_INPUT, outcome.status(), outcome.err());
    try (Stream<Path> left = Files.list(temp)) {
      assertEquals(1, left.count());
    }
  }

  @Test
  void neverOverwritesItsOwnInput() {
    Outcome outcome = run("quantize", MODEL, "-o", MODEL, "--format", "mxfp4");
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains("the output is the input itself"), outcome.err());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "-1        | {}",
      "1000000   | {}",
      "2         | {}",
      "74        | {\"a\": {\"dtype\": \"F16\", \"shape\": [4, 4], \"data_offsets\": [0, 999999]}}",
      "73        | {\"a\": {\"dtype\": \"F99\", \"shape\": [4, 4], \"data_offsets\": [0, 32]}}  "})
  void refusesHostileModelFiles(long headerBytes, String header) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(temp.resolve("hostile.safetensors"), ByteBuffer.allocate(8 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN).putLong(headerBytes).put(text).array());
    Path output = temp.resolve("out.safetensors");
    for (Outcome outcome : List.of(run("quantize", file.toString(), "-o", output.toString(), "--format", "mxfp4"),
        run("run", "fp6_e3m2", "--weights", file.toString(), "--device", "cpu"), run("verify", file.toString()))) {
      assertEquals(ExitCode.BAD_INPUT, outcome.status(), outcome.err());
      assertTrue(outcome.err().contains("hostile.safetensors"), outcome.err());
      assertFalse(outcome.err().contains("internal error"), outcome.err());
    }
    assertFalse(Files.exists(output));
  }

  @Test
  void suggestsTheTensorThatWasMeant() {
    Outcome outcome = run("run", "fp6_e3m2", "--weights", MODEL + ":model.layers.0.mlp.up_prj.weight");
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains("Did you mean 'model.layers.0.mlp.up_proj.weight'?"), outcome.err());
  }

  @Test
  void debugShowsTheStackTrace() {
    assertTrue(run("run", "fp6_e3n2", "--debug").err().contains("\tat "));
  }

  @Test
  void runPrintsOneObjectWithExactlyItsMembers() {
    Outcome outcome = run("run", "fp6_e3m2", "--shape", "33x75", "--batch", "3", "--device", "cpu", "--json");
    assertEquals(ExitCode.OK, outcome.status(), outcome.err());
    assertEquals(1, outcome.out().lines().count(), outcome.out());
    assertEquals(
        List.of("format", "device", "n", "k", "m", "bits_per_weight", "quant_rel_error", "rel_error", "registers",
            "spill_bytes", "us", "floor_us", "cublas_us", "nvrtc_compilations"),
        members(outcome.out()));
    assertTrue(outcome.out().contains("\"n\": 33, \"k\": 75, \"m\": 3, "), outcome.out());
    assertTrue(outcome.out().contains("\"spill_bytes\": 0, "), outcome.out());
    assertTrue(outcome.out().contains("\"floor_us\": null, \"cublas_us\": null, "), outcome.out());
  }

  @Test
  void eachTargetGetsAScheduleThatItCanRun() {
    Outcome outcome = run("run", "int4_g128", "--shape", "1024x1024", "--batch", "64", "--device", "cpu");
    assertEquals(ExitCode.OK, outcome.status(), outcome.err());
    assertTrue(outcome.out().matches("(?s).*\\ncompiled   sm_80 \\d+ registers.*; sm_90a \\d+ registers.*"),
        outcome.out());
  }

  @Test
  void aSecondRunNeedsNoCompiler() {
    run("run", "fp6_e3m2", "--shape", "33x75", "--device", "cpu");
    Outcome outcome = run("run", "fp6_e3m2", "--shape", "33x75", "--device", "cpu", "--json");
    assertTrue(outcome.out().contains("\"nvrtc_compilations\": 0}"), outcome.out());
  }

  @Test
  void runsADeclarationOfTheUsersOwn() throws IOException {
    Path file = Files.writeString(temp.resolve("mine.bl"), """
        format mine { element int 5  scale bf16 per 32 }
        kernel biased { y bf16 = x bf16 * mine  epilogue bias, silu }
        """);
    Outcome outcome = run("run", file.toString(), "--shape", "40x96", "--batch", "2", "--device", "cpu");
    assertEquals(ExitCode.OK, outcome.status(), outcome.err());
    assertTrue(outcome.out().contains("kernel     biased"), outcome.out());
  }

  @Test
  void selftestEndsWithOneObject() {
    Outcome outcome = run("selftest", "--device", "cpu", "--quick", "--json", "--formats", "^fp6_e3m2$|selftest");
    assertEquals(ExitCode.OK, outcome.status(), outcome.out() + outcome.err());
    String last = outcome.out().lines().toList().getLast();
    assertEquals(List.of("passed", "failed", "skipped", "max_rel_error", "device"), members(last));
    assertTrue(last.contains("\"failed\": 0, "), last);
  }

  @Test
  void explainedPlanCountsSchedulesAndSaysWhyOthersAreRejected() {
    Outcome outcome = run("explain", "int4_g128", "--stage", "plan", "--shape", "4096x4096", "--batch", "64");
    assertTrue(outcome.out().contains("schedules for 4096 x 4096, batch 64, on an H100: "), outcome.out());
    assertTrue(Pattern.compile("first choice  dequant-wgmma.w\\d+\\.r").matcher(outcome.out()).find(), outcome.out());
    assertTrue(Pattern.compile("rejected +\\d+  dequant-mma.n.*bytes of shared memory").matcher(outcome.out()).find(),
        outcome.out());
  }

  @Test
  void tuneLeavesADamagedFileAlone() throws IOException {
    Path file = Files.writeString(temp.resolve("tuning.json"), "[{\"bitloom_tuning\":2}");
    Outcome outcome = run("tune", "fp6_e3m2", "--out", file.toString());
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains(file + " is damaged in line"), outcome.err());
    assertEquals("[{\"bitloom_tuning\":2}", Files.readString(file));
  }

  @Test
  void tuneRefusesSignPlanesThatAFormatDoesNotHave() {
    assertTunesNot("int4_g128", "1", "int4_g128 has no 1 sign planes");
    assertTunesNot("bcq3_g128", "2,4", "bcq3_g128 has no 4 sign planes");
    assertTunesNot("bcq3_g128", "0", "binary-coded weights have 1..8 planes, not 0");
  }

  private void assertTunesNot(String format, String planes, String why) {
    Outcome outcome = run("tune", format, "--planes", planes, "--out", temp.resolve("none.json").toString());
    assertEquals(ExitCode.BAD_INPUT, outcome.status(), outcome.err());
    assertTrue(outcome.err().contains(why), outcome.err());
  }

  @Test
  void explainCanCompileForATarget() {
    Outcome outcome = run("explain", "fp6_e3m2", "--stage", "cuda", "--target", "sm_90a");
    assertTrue(outcome.out().stripTrailing().lines().toList().getLast().startsWith("// sm_90a, schedule "),
        outcome.out());
  }

  @Test
  void doctorSaysWhatWorks() {
    Outcome outcome = run("doctor");
    assertEquals(ExitCode.OK, outcome.status(), outcome.out());
    assertTrue(outcome.out().contains("ok        device cpu"), outcome.out());
  }

  @Test
  void bundleRefusesAFolderThatIsInUse() throws IOException {
    Files.writeString(temp.resolve("file"), "x");
    Outcome outcome = run("bundle", "-o", temp.toString());
    assertEquals(ExitCode.BAD_INPUT, outcome.status());
    assertTrue(outcome.err().contains("is not empty"), outcome.err());
  }

  private static List<String> members(String json) {
    return MEMBER.matcher(json).results().map((MatchResult m) -> m.group(1)).toList();
  }
}
