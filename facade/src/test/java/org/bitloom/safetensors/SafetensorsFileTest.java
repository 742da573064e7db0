package org.bitloom.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SafetensorsFileTest {
  private static final Path TINY_LLAMA = Path.of("../tests/data/tiny-llama/model.safetensors");

  @TempDir
  private Path folder;

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void readsScalarsEmptyTensorsAndPaddedHeaders() throws IOException {
    String header = "{\"s\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},"
        + "\"e\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]},"
        + "\"t\":{\"data_offsets\":[1,3],\"shape\":[2],\"dtype\":\"I8\"}}   ";
    try (SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder, RawFile.bytes(header, 3)))) {
      assertEquals(List.of("e", "s", "t"), file.tensors().stream().map(TensorInfo::name).toList());
      assertEquals(1, file.data(file.tensor("s")).byteSize());
      assertEquals(0, file.data(file.tensor("e")).byteSize());
      assertThrows(SafetensorsException.class, () -> file.tensor("u"));
    }
  }

  @Test
  void readsAFileWithoutTensors() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder, RawFile.bytes("{}", 0)))) {
      assertEquals(List.of(), file.tensors());
    }
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Path path = folder.resolve("out.safetensors");
    SafetensorsWriter.write(path, Map.of("b", "zwei \"Wörter\"\n", "a", "1"),
        List.of(TensorEntry.of("z", DType.U8, List.of(3L), bytes(1, 2, 3)),
            TensorEntry.of("ä", DType.F16, List.of(1L, 1L), bytes(4, 5)),
            TensorEntry.of("c", DType.F32, List.of(0L), bytes())));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(List.of("c", "ä", "z"), file.tensors().stream().map(TensorInfo::name).toList());
      assertEquals(List.of("a", "b"), List.copyOf(file.metadata().keySet()));
      assertEquals("zwei \"Wörter\"\n", file.metadata().get("b"));
      assertArrayEquals(new byte[]{1, 2, 3}, file.data(file.tensor("z")).toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(new byte[]{4, 5}, file.data(file.tensor("ä")).toArray(ValueLayout.JAVA_BYTE));
    }
    assertEquals(List.of("out.safetensors"), names());
  }

  /** Tensors of 8 bytes then start aligned, as other readers want it. */
  @Test
  void headersFillWholeEightBytes() throws IOException {
    for (int length = 1; length <= 8; length++) {
      Path path = folder.resolve("aligned" + length);
      SafetensorsWriter.write(path, Map.of(),
          List.of(TensorEntry.of("x".repeat(length), DType.U8, List.of(1L), bytes(7))));
      byte[] written = Files.readAllBytes(path);
      long header = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertEquals(0, header % 8, "name of " + length);
      assertEquals(8 + header + 1, written.length);
    }
  }

  @Test
  void closingUnmapsAndMayBeRepeated() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(RawFile.write(folder,
        RawFile.bytes("{\"s\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", 1)));
    MemorySegment data = file.data(file.tensor("s"));
    assertTrue(data.scope().isAlive());
    file.close();
    assertFalse(data.scope().isAlive());
    assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
    file.close();
  }

  @Test
  void bytesDoNotDependOnTheOrderOfTheEntries() throws IOException {
    TensorEntry a = TensorEntry.of("a", DType.U8, List.of(1L), bytes(1));
    TensorEntry b = TensorEntry.of("b", DType.U8, List.of(1L), bytes(2));
    Path first = folder.resolve("1");
    Path second = folder.resolve("2");
    SafetensorsWriter.write(first, Map.of("k", "v", "l", "w"), List.of(a, b));
    SafetensorsWriter.write(second, Map.of("l", "w", "k", "v"), List.of(b, a));
    assertEquals(-1, Files.mismatch(first, second));
  }

  @Test
  void nothingIsLeftWhenATensorFails() throws IOException {
    Path path = folder.resolve("out.safetensors");
    Files.writeString(path, "before");
    TensorEntry good = TensorEntry.of("a", DType.F32, List.of(1L), bytes(1, 2, 3, 4));
    List<List<String>> during = new ArrayList<>();
    TensorEntry bad = new TensorEntry("b", DType.U8, List.of(2L), sink -> {
      sink.write(bytes(1));
      during.add(names());
      throw new IllegalStateException("stop");
    });
    assertThrows(IllegalStateException.class, () -> SafetensorsWriter.write(path, Map.of(), List.of(good, bad)));
    assertEquals(2, during.getFirst().size(), "the partial file is beside the old one while writing");
    assertEquals(List.of("out.safetensors"), names());
    assertEquals("before", Files.readString(path));
  }

  @Test
  void nothingIsLeftWhenTheThreadIsInterrupted() throws IOException {
    Path path = folder.resolve("out.safetensors");
    TensorEntry interrupted = new TensorEntry("b", DType.U8, List.of(2L), sink -> {
      Thread.currentThread().interrupt();
      sink.write(bytes(1, 2));
    });
    assertThrows(IOException.class, () -> SafetensorsWriter.write(path, Map.of(), List.of(interrupted)));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), names());
  }

  @Test
  void tensorsMustGiveTheBytesOfTheirShape() throws IOException {
    Path path = folder.resolve("out.safetensors");
    for (int given : new int[]{1, 3}) {
      TensorEntry wrong = TensorEntry.of("w", DType.U8, List.of(2L), bytes(new int[given]));
      SafetensorsException e = assertThrows(SafetensorsException.class,
          () -> SafetensorsWriter.write(path, Map.of(), List.of(wrong)));
      assertTrue(e.getMessage().contains("'w' gave " + given + " bytes"), e.getMessage());
    }
    assertEquals(List.of(), names());
  }

  @Test
  void namesAreTakenOnce() {
    TensorEntry tensor = TensorEntry.of("w", DType.U8, List.of(1L), bytes(1));
    assertThrows(SafetensorsException.class,
        () -> SafetensorsWriter.write(folder.resolve("x"), Map.of(), List.of(tensor, tensor)));
    TensorEntry reserved = TensorEntry.of("__metadata__", DType.U8, List.of(1L), bytes(1));
    assertThrows(SafetensorsException.class,
        () -> SafetensorsWriter.write(folder.resolve("x"), Map.of(), List.of(reserved)));
  }

  @Test
  void aRealModelSurvivesACopy() throws IOException {
    try (SafetensorsFile model = SafetensorsFile.open(TINY_LLAMA)) {
      assertEquals(List.of(768L, 256L), model.tensor("model.layers.0.mlp.gate_proj.weight").shape());
      Path copy = folder.resolve("copy.safetensors");
      SafetensorsWriter.write(copy, model.metadata(), model.tensors().stream()
          .map(t -> TensorEntry.of(t.name(), t.dtype(), t.shape(), model.data(t))).toList());
      try (SafetensorsFile read = SafetensorsFile.open(copy)) {
        assertEquals(model.metadata(), read.metadata());
        for (TensorInfo tensor : model.tensors()) {
          assertEquals(-1, model.data(tensor).mismatch(read.data(read.tensor(tensor.name()))), tensor.name());
        }
      }
    }
  }
}
