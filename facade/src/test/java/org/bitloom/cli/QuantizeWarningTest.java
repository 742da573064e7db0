package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.bitloom.job.Workplace;
import org.bitloom.safetensors.DType;
import org.bitloom.safetensors.SafetensorsWriter;
import org.bitloom.safetensors.TensorEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Weights that no scale of a format brings into range are quantized, and told. */
class QuantizeWarningTest {
  @TempDir
  private Path temp;

  private String warnings(float... weights) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[weights.length * Float.BYTES])
        .copyFrom(MemorySegment.ofArray(weights));
    Path model = temp.resolve("model.safetensors");
    SafetensorsWriter.write(model, Map.of(),
        List.of(TensorEntry.of("up_proj", DType.F32, List.of(2L, weights.length / 2L), bytes)));
    StringWriter err = new StringWriter();
    CommandLine line = BitloomCommand.commandLine(new Workplace(temp, Map.of()));
    line.setOut(new PrintWriter(PrintWriter.nullWriter()));
    line.setErr(new PrintWriter(err));
    assertEquals(ExitCode.OK, line.execute("quantize", model.toString(), "-o", temp.resolve("q.safetensors").toString(),
        "--format", "int4_row"));
    return err.toString().strip();
  }

  @Test
  void groupsOutOfRangeAreCounted() throws IOException {
    assertEquals("bitloom: warning: up_proj: 1 group of weights is too large or too small for the scales of int4_row",
        warnings(1, 2, 1e9f, 3));
    assertEquals("bitloom: warning: up_proj: 2 groups of weights are too large or too small for the scales of int4_row",
        warnings(1e-12f, 0, 1e9f, 3));
  }

  @Test
  void usualWeightsAreQuantizedWithoutAWord() throws IOException {
    assertEquals("", warnings(1, 2, 0, 0));
  }
}
