package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bitloom.Bitloom;
import org.bitloom.ShippedFormats;
import org.bitloom.job.Workplace;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code run --planes}: products of the first sign planes, of which no other bytes are read. */
class PlanesTest {
  private static final Pattern PACKED = Pattern.compile("(?m)^packed +([\\d,]+) bytes$");
  private static final String DECLARATION = "format bcq { element binary 5  scale bf16 per row }\n";
  private static final int N = 33;
  private static final int K = 300;

  @TempDir
  private Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = BitloomCommand.commandLine(new Workplace(Path.of("..").toAbsolutePath().normalize(), Map.of()));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  private long bytes(String format, int planes) {
    assertEquals(ExitCode.OK, run("run", format, "--shape", N + "x" + K, "--batch", "3", "--device", "cpu", "--planes",
        String.valueOf(planes)), err::toString);
    Matcher packed = PACKED.matcher(out.toString());
    assertTrue(packed.find(), out.toString());
    return Long.parseLong(packed.group(1).replace(",", ""));
  }

  private static long expected(WeightFormat format, int planes) {
    return new PackedShape(format.info(), format.layout(), N, K).payloadBytes(new SignPlanes(planes));
  }

  @Test
  void formatsWithoutKernelsCountTheBytesOfThePlanesThatAreRead() throws IOException {
    String file = Files.writeString(temp.resolve("bcq.bl"), DECLARATION).toString();
    WeightFormat format = Bitloom.compile("bcq.bl", DECLARATION).format("bcq");
    for (int planes : new int[]{1, 2, 5}) {
      assertEquals(expected(format, planes), bytes(file, planes), planes + " planes");
    }
  }

  @Test
  void kernelsCountTheBytesOfThePlanesThatTheyRead() {
    Optional<WeightFormat> format = ShippedFormats.byName("bcq3_g128");
    for (int planes : new int[]{2, 3}) {
      assertEquals(expected(format.orElseThrow(), planes), bytes("bcq3_g128", planes), planes + " planes");
    }
  }

  @Test
  void planesThatWeightsDoNotHaveAreRefused() throws IOException {
    String file = Files.writeString(temp.resolve("bcq.bl"), DECLARATION).toString();
    assertRefused("bcq3_g128", "0", "binary-coded weights have 1..8 planes, not 0");
    assertRefused("bcq3_g128", "9", "binary-coded weights have 1..8 planes, not 9");
    assertRefused("bcq3_g128", "4", "bcq3_g128 has no 4 sign planes");
    assertRefused("int4_g128", "2", "int4_g128 has no 2 sign planes");
    assertRefused(file, "6", "bcq has no 6 sign planes");
  }

  private void assertRefused(String format, String planes, String why) {
    int status = run("run", format, "--shape", N + "x" + K, "--device", "cpu", "--planes", planes);
    assertEquals(ExitCode.BAD_INPUT, status, err::toString);
    assertTrue(err.toString().contains(why), err::toString);
    assertEquals("", out.toString());
  }
}
