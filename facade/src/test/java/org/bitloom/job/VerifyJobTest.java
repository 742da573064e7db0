package org.bitloom.job;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.safetensors.DType;
import org.bitloom.safetensors.SafetensorsException;
import org.bitloom.safetensors.SafetensorsFile;
import org.bitloom.safetensors.SafetensorsWriter;
import org.bitloom.safetensors.TensorEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Verification passes only what it has looked at and found right. */
class VerifyJobTest {
  @TempDir
  private Path temp;

  private static boolean verify(Path file, Optional<Path> original, List<VerifyJob.Checked> checked)
      throws IOException {
    return new VerifyJob(file, original).run(checked::add);
  }

  private Path original(String name, float first) throws IOException {
    float[] weights = new float[32];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i - 15.5f;
    }
    weights[0] = first;
    MemorySegment bytes = MemorySegment.ofArray(new byte[weights.length * Float.BYTES])
        .copyFrom(MemorySegment.ofArray(weights));
    Path file = temp.resolve(name);
    SafetensorsWriter.write(file, Map.of(), List.of(TensorEntry.of("w", DType.F32, List.of(2L, 16L), bytes)));
    return file;
  }

  private Path quantized(Path original) throws IOException {
    WeightFormat format = ShippedFormats.byName("int8_row").orElseThrow();
    Path file = temp.resolve("quantized.safetensors");
    new QuantizeJob(original, file, format, Optional.empty(), Pattern.compile("w"), QuantizerChoice.STANDARD)
        .run(_ -> {
        }, _ -> {
        });
    return file;
  }

  /** The file with its metadata changed. */
  private Path with(Path file, Map<String, String> changes) throws IOException {
    Path changed = temp.resolve("changed.safetensors");
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      Map<String, String> metadata = new HashMap<>(read.metadata());
      metadata.putAll(changes);
      SafetensorsWriter.write(changed, metadata, read.tensors().stream()
          .map(tensor -> TensorEntry.of(tensor.name(), tensor.dtype(), tensor.shape(), read.data(tensor))).toList());
    }
    return changed;
  }

  @Test
  void aFileWithoutQuantizedTensorsIsRefused() throws IOException {
    Path file = with(original("plain.safetensors", 1), Map.of("bitloom.version", "1"));
    BadInput refused = assertThrows(BadInput.class, () -> verify(file, Optional.empty(), new ArrayList<>()));
    assertEquals(file + ": holds no quantized tensors, so there is nothing to verify", refused.getMessage());
  }

  @Test
  void anErrorThatIsNoNumberIsAFault() throws IOException {
    Path file = quantized(original("right.safetensors", 1));
    List<VerifyJob.Checked> right = new ArrayList<>();
    assertTrue(verify(file, Optional.of(original("same.safetensors", 1)), right), right.toString());
    List<VerifyJob.Checked> wrong = new ArrayList<>();
    assertFalse(verify(file, Optional.of(original("nan.safetensors", Float.NaN)), wrong));
    assertTrue(wrong.getFirst().fault().orElseThrow().contains("relative error is NaN"), wrong.toString());
  }

  @Test
  void aDeclarationOfAnotherFormatIsAFaultOfTheFile() throws IOException {
    Path file = with(quantized(original("right.safetensors", 1)),
        Map.of("bitloom.format.int8_row", "format other { element int 8  scale f16 per row }"));
    SafetensorsException refused = assertThrows(SafetensorsException.class,
        () -> verify(file, Optional.empty(), new ArrayList<>()));
    assertEquals(file + ": declares another format under the name 'int8_row'", refused.getMessage());
  }

  @Test
  void sizesBeyondIntegersAreAFaultOfTheDescription() throws IOException {
    Path file = with(quantized(original("right.safetensors", 1)), Map.of("bitloom.tensor.w",
        "{\"format\": \"int8_row\", \"layout\": \"x\", \"n\": 99999999999, \"k\": 16, \"dtype\": \"F32\"}"));
    SafetensorsException refused = assertThrows(SafetensorsException.class,
        () -> verify(file, Optional.empty(), new ArrayList<>()));
    assertTrue(refused.getMessage().contains("should be {\"format\", "), refused.getMessage());
  }
}
