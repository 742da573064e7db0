package org.bitloom.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.runtime.quant.QuantizationError;
import org.bitloom.runtime.quant.QuantizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QuantizedModelTest {
  private static final Path TINY_LLAMA = Path.of("../tests/data/tiny-llama/model.safetensors");
  private static final Pattern DOWN = Pattern.compile("layers\\.0\\.mlp\\.down_proj|input_layernorm");
  private static final String NAME = "model.layers.0.mlp.down_proj.weight";

  @TempDir
  private Path folder;

  private Path quantized() throws IOException {
    return quantize(TINY_LLAMA, "quantized.safetensors", ByteFormat.int8(), DOWN.pattern());
  }

  @Test
  void quantizesTheSelectedMatricesAndCopiesTheRest() throws IOException {
    Path target = folder.resolve("quantized.safetensors");
    List<QuantizedModelWriter.Written> progress = new ArrayList<>();
    try (SafetensorsFile source = SafetensorsFile.open(TINY_LLAMA)) {
      QuantizedModelWriter writer = new QuantizedModelWriter(source, ByteFormat.int8(), new Absmax(), DOWN);
      assertEquals(List.of(NAME), writer.selected().stream().map(TensorInfo::name).toList());
      List<QuantizedModelWriter.Written> written = writer.write(target, progress::add);
      assertEquals(written, progress);
      try (SafetensorsFile out = SafetensorsFile.open(target)) {
        assertEquals(source.tensors().size(), out.tensors().size());
        assertEquals("pt", out.metadata().get("format"));
        assertTrue(out.find(NAME).isEmpty());
        TensorInfo norm = out.tensor("model.layers.0.input_layernorm.weight");
        assertEquals(-1, source.data(source.tensor(norm.name())).mismatch(out.data(norm)));

        QuantizedModelReader reader = new QuantizedModelReader(out);
        QuantizedTensor tensor = reader.tensors().getFirst();
        assertEquals(new QuantizedTensor(NAME, "int8", "natural", 256, 768, DType.F16), tensor);
        assertEquals(ByteFormat.int8().info().declaration(), reader.declaration("int8"));
        QuantizationError error = reader.verify(tensor, ByteFormat.int8(), source);
        assertEquals(written.getFirst().error(), error);
        assertTrue(error.relative() > 0 && error.relative() < 0.02, () -> "relative error " + error.relative());
        reader.verify(tensor, ByteFormat.int8());
        assertEquals(256 * 768 * 2, written.getFirst().bytesBefore());
        assertEquals(out.tensor(tensor.packedName()).bytes(), written.getFirst().bytesAfter());
      }
    }
  }

  /** Two matrices of zeros. */
  private Path small() throws IOException {
    Path path = folder.resolve("small.safetensors");
    SafetensorsWriter.write(path, Map.of(),
        List.of(TensorEntry.of("v", DType.F32, List.of(2L, 3L), MemorySegment.ofArray(new byte[24])),
            TensorEntry.of("w", DType.F32, List.of(2L, 3L), MemorySegment.ofArray(new byte[24]))));
    return path;
  }

  private Path quantize(Path from, String to, WeightFormat format, String include) throws IOException {
    Path target = folder.resolve(to);
    try (SafetensorsFile source = SafetensorsFile.open(from)) {
      new QuantizedModelWriter(source, format, new Absmax(), Pattern.compile(include)).write(target, _ -> {
      });
    }
    return target;
  }

  @Test
  void aQuantizedFileMayBeQuantizedFurther() throws IOException {
    WeightFormat other = ByteFormat.of("other8", "format other8 { element int 8 scale f16 per row }", "natural");
    Path one = quantize(small(), "one", ByteFormat.int8(), "v");
    for (WeightFormat second : List.of(ByteFormat.int8(), other)) {
      try (SafetensorsFile file = SafetensorsFile.open(quantize(one, "two", second, "w"))) {
        QuantizedModelReader reader = new QuantizedModelReader(file);
        assertEquals(List.of("v", "w"), reader.tensors().stream().map(QuantizedTensor::name).toList());
        reader.verify(reader.tensors().getFirst(), ByteFormat.int8());
        reader.verify(reader.tensors().getLast(), second);
      }
    }
  }

  @Test
  void aNameStandsForOneDeclarationInAFile() throws IOException {
    WeightFormat another = ByteFormat.of("int8", "format int8 { element int 8 scale f16 per tensor }", "natural");
    Path one = quantize(small(), "one", ByteFormat.int8(), "v");
    SafetensorsException e = assertThrows(SafetensorsException.class, () -> quantize(one, "two", another, "w"));
    assertTrue(e.getMessage().contains("its 'bitloom.format.int8' is another"), e.getMessage());
    assertFalse(Files.exists(folder.resolve("two")));
  }

  @Test
  void packedBytesAreOneRowOfU8AndAsManyAsTheShapeTakes() throws IOException {
    PackedShape shape = new PackedShape(ByteFormat.int8().info(), ByteFormat.int8().layout(), 2, 3);
    int bytes = Math.toIntExact(shape.bytes());
    assertUnreadable(DType.I8, List.of((long) bytes), bytes, "instead of one row of U8");
    assertUnreadable(DType.U8, List.of(2L, bytes / 2L), bytes, "instead of one row of U8");
    for (int wrong : new int[]{0, bytes - 1, bytes + 1, 2 * bytes}) {
      assertUnreadable(DType.U8, List.of((long) wrong), wrong,
          "has " + wrong + " packed bytes; 2 x 3 of int8 are " + bytes);
    }
  }

  private void assertUnreadable(DType type, List<Long> shape, int bytes, String expected) throws IOException {
    Path path = folder.resolve("described.safetensors");
    SafetensorsWriter.write(path,
        Map.of("bitloom.version", "1", "bitloom.format.int8", ByteFormat.int8().info().declaration(),
            "bitloom.tensor.w", new QuantizedTensor("w", "int8", "natural", 2, 3, DType.F32).toJson()),
        List.of(TensorEntry.of("w.bitloom", type, shape, MemorySegment.ofArray(new byte[bytes]))));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      SafetensorsException e = assertThrows(SafetensorsException.class, () -> {
        QuantizedModelReader reader = new QuantizedModelReader(file);
        reader.packed(reader.tensors().getFirst(), ByteFormat.int8());
      }, expected);
      assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
  }

  @Test
  void otherDeclarationsAndLayoutsAreRefused() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(quantized())) {
      QuantizedModelReader reader = new QuantizedModelReader(file);
      QuantizedTensor tensor = reader.tensors().getFirst();
      WeightFormat otherLayout = ByteFormat.of("int8", ByteFormat.int8().info().declaration(), "woven");
      SafetensorsException e = assertThrows(SafetensorsException.class, () -> reader.packed(tensor, otherLayout));
      assertTrue(e.getMessage().contains(NAME) && e.getMessage().contains("'natural'"), e.getMessage());
      WeightFormat otherText = ByteFormat.of("int8", "format int8 { element int 8 scale f16 per tensor }", "natural");
      assertThrows(SafetensorsException.class, () -> reader.packed(tensor, otherText));
    }
  }

  @Test
  void flippedCodeBitsShowInTheError() throws IOException {
    Path damaged = flip(quantized(), NAME, 100);
    try (SafetensorsFile original = SafetensorsFile.open(TINY_LLAMA);
        SafetensorsFile file = SafetensorsFile.open(damaged)) {
      QuantizedModelReader reader = new QuantizedModelReader(file);
      QuantizedTensor tensor = reader.tensors().getFirst();
      double before;
      try (SafetensorsFile whole = SafetensorsFile.open(quantized())) {
        before = new QuantizedModelReader(whole).verify(tensor, ByteFormat.int8(), original).maxAbsolute();
      }
      double after = reader.verify(tensor, ByteFormat.int8(), original).maxAbsolute();
      assertTrue(after > 10 * before, () -> before + " -> " + after);
    }
  }

  @Test
  void bytesThatPackingNeverWritesAreDamage() throws IOException {
    Path target = quantize(small(), "small.quantized.safetensors", ByteFormat.int8(), "w");
    for (int place : new int[]{3, 1000, 1024 + 64}) {
      try (SafetensorsFile file = SafetensorsFile.open(flip(target, "w", place))) {
        QuantizedModelReader reader = new QuantizedModelReader(file);
        SafetensorsException e = assertThrows(SafetensorsException.class,
            () -> reader.verify(reader.tensors().getFirst(), ByteFormat.int8()));
        assertTrue(e.getMessage().contains("tensor 'w' is damaged: its packed byte " + place), e.getMessage());
      }
    }
  }

  private Path flip(Path path, String tensor, int place) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int dataBegin = 8 + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      bytes[Math.toIntExact(dataBegin + file.tensor(tensor + ".bitloom").begin() + place)] ^= 0x40;
    }
    return Files.write(folder.resolve("damaged.safetensors"), bytes);
  }

  @Test
  void nothingIsWrittenForWeightsThatAreNoNumbers() throws IOException {
    Path source = folder.resolve("nan.safetensors");
    ByteBuffer weights = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    weights.putFloat(16, Float.NaN);
    SafetensorsWriter.write(source, Map.of(),
        List.of(TensorEntry.of("w", DType.F32, List.of(2L, 3L), MemorySegment.ofBuffer(weights))));
    Path target = folder.resolve("out.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(source)) {
      QuantizedModelWriter writer = new QuantizedModelWriter(file, ByteFormat.int8(), new Absmax(),
          Pattern.compile(""));
      QuantizationException e = assertThrows(QuantizationException.class, () -> writer.write(target, _ -> {
      }));
      assertTrue(e.getMessage().contains("nan.safetensors: tensor 'w': weight [row 1, column 1] is NaN"),
          e.getMessage());
    }
    assertFalse(Files.exists(target));
  }

  @Test
  void saysWhenNothingMatches() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(TINY_LLAMA)) {
      QuantizedModelWriter writer = new QuantizedModelWriter(file, ByteFormat.int8(), new Absmax(),
          Pattern.compile("layernorm"));
      SafetensorsException e = assertThrows(SafetensorsException.class,
          () -> writer.write(folder.resolve("x"), _ -> {
          }));
      assertTrue(e.getMessage().contains("'layernorm'"), e.getMessage());
    }
  }

  @Test
  void plainFilesAreNoQuantizedFiles() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(TINY_LLAMA)) {
      assertThrows(SafetensorsException.class, () -> new QuantizedModelReader(file));
    }
  }

  @Test
  void wrongDescriptionsAreRefused() throws IOException {
    String good = "{\"format\":\"f\",\"layout\":\"l\",\"n\":1,\"k\":1,\"dtype\":\"F16\"}";
    requireRefusal(Map.of("bitloom.version", "2"), "version '2'");
    requireRefusal(Map.of("bitloom.tensor.w", good), "'f'");
    for (String bad : new String[]{"", "[]", "{", "{}", good.replace("\"n\":1", "\"n\":0"),
        good.replace("F16", "F17"), good.replace("\"k\":1", "\"k\":99999999999"), good.replace("\"l\"", "[1]")}) {
      requireRefusal(Map.of("bitloom.tensor.w", bad, "bitloom.format.f", "format f {}"), "bitloom.tensor.w");
    }
    requireRefusal(Map.of("bitloom.tensor.w", good, "bitloom.format.f", "format f {}"), "'w.bitloom'");
  }

  private void requireRefusal(Map<String, String> metadata, String expected) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("bitloom.version", "1"));
    all.putAll(metadata);
    Path path = folder.resolve("described.safetensors");
    SafetensorsWriter.write(path, all, List.of());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      SafetensorsException e = assertThrows(SafetensorsException.class, () -> new QuantizedModelReader(file),
          metadata.toString());
      assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
  }
}
