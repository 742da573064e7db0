package org.bitloom.dsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.KernelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The declarations of the shipped formats are right, and stand in the corpus of good files as they are shipped. */
class ShippedFormatsTest {
  private static final Path SHIPPED = Path.of("..", "generated-kernels", "src", "main", "bl");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(SHIPPED)) {
      return files.sorted().toList();
    }
  }

  @Test
  void areThirtyFive() throws IOException {
    assertEquals(35, files().size());
  }

  @ParameterizedTest
  @MethodSource("files")
  void declareOneFormatAndItsTwoKernelsIfAFamilyRunsIt(Path file) {
    String name = file.getFileName().toString().replace(".bl", "");
    Language.Checked checked = Language.compile(Corpus.read(file));
    assertEquals("", checked.report());
    assertEquals(List.of(name), checked.program().formats().stream().map(f -> f.name()).toList());
    boolean binary = checked.program().formats().getFirst().codec() instanceof Codec.BinaryCodec;
    assertEquals(binary ? List.of() : List.of("linear_" + name + "_f16", "linear_" + name + "_bf16"),
        checked.program().kernels().stream().map(KernelSpec::name).toList());
  }

  @ParameterizedTest
  @MethodSource("files")
  void areInTheCorpus(Path file) {
    Path twin = Path.of("src", "test", "resources", "good").resolve(file.getFileName());
    assertEquals(Corpus.read(file).text(), Corpus.read(twin).text());
  }
}
