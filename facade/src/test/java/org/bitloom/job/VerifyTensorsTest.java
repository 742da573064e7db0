package org.bitloom.job;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.safetensors.DType;
import org.bitloom.safetensors.QuantizedModelWriter;
import org.bitloom.safetensors.SafetensorsFile;
import org.bitloom.safetensors.SafetensorsWriter;
import org.bitloom.safetensors.TensorEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Verifying a file of several tensors: one that is wrong makes the whole wrong, wherever it stands. */
class VerifyTensorsTest {
  private static final List<String> NAMES = List.of("first", "middle", "last");
  private static final int N = 16;
  private static final int K = 64;

  @TempDir
  private Path folder;
  private Path quantized;

  /** A model of three matrices, of which {@code odd} has fewer columns. */
  private Path model(String file, String odd) throws IOException {
    List<TensorEntry> tensors = new ArrayList<>();
    for (String name : NAMES) {
      int k = name.equals(odd) ? K / 2 : K;
      float[] weights = new float[N * k];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (i * 37 % 101 - 50) * name.length();
      }
      tensors.add(TensorEntry.of(name, DType.F32, List.of((long) N, (long) k), bytes(weights)));
    }
    Path path = folder.resolve(file);
    SafetensorsWriter.write(path, Map.of(), tensors);
    return path;
  }

  private static MemorySegment bytes(float[] numbers) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[numbers.length * Float.BYTES]);
    MemorySegment.copy(MemorySegment.ofArray(numbers), 0, bytes, 0, bytes.byteSize());
    return bytes;
  }

  @BeforeEach
  void quantize() throws IOException {
    quantized = folder.resolve("quantized");
    try (SafetensorsFile source = SafetensorsFile.open(model("original", "none"))) {
      new QuantizedModelWriter(source, ShippedFormats.byName("int8_row").orElseThrow(), new Absmax(),
          Pattern.compile("")).write(quantized, _ -> {
          });
    }
  }

  @Test
  void filesAreRightIfEveryTensorIs() throws IOException {
    List<VerifyJob.Checked> checked = new ArrayList<>();
    assertTrue(new VerifyJob(quantized, Optional.of(folder.resolve("original"))).run(checked::add));
    assertEquals(3, checked.size());
    for (VerifyJob.Checked one : checked) {
      assertEquals(Optional.empty(), one.fault());
      assertTrue(one.error().orElseThrow() > 0 && one.error().orElseThrow() < 0.01, one.toString());
    }
    List<VerifyJob.Checked> alone = new ArrayList<>();
    assertTrue(new VerifyJob(quantized, Optional.empty()).run(alone::add));
    assertTrue(alone.stream().allMatch(one -> one.fault().isEmpty() && one.error().isEmpty()), alone.toString());
  }

  @Test
  void oneWrongTensorIsEnoughWhereverItStands() throws IOException {
    for (String wrong : List.of("first", "middle")) {
      Path other = model("other", wrong);
      List<String> faulty = new ArrayList<>();
      List<String> all = new ArrayList<>();
      assertFalse(new VerifyJob(quantized, Optional.of(other)).run(checked -> {
        all.add(checked.tensor().name());
        checked.fault().ifPresent(_ -> faulty.add(checked.tensor().name()));
      }), wrong);
      assertEquals(List.of(wrong), faulty);
      assertEquals(List.of("first", "last", "middle"), all, "the others are checked all the same");
    }
  }
}
