package org.bitloom.dsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
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
  void areThirtyNine() throws IOException {
    assertEquals(39, files().size());
  }

  @ParameterizedTest
  @MethodSource("files")
  void declareOneFormatAndItsKernels(Path file) {
    String name = file.getFileName().toString().replace(".bl", "");
    Language.Checked checked = Language.compile(Corpus.read(file));
    assertEquals("", checked.report());
    assertEquals(List.of(name), checked.program().formats().stream().map(f -> f.name()).toList());
    assertEquals(switch (checked.program().formats().getFirst().codec()) {
      case Codec.BipolarCodec _ -> List.of();
      default -> List.of("linear_" + name + "_f16", "linear_" + name + "_bf16");
    }, checked.program().kernels().stream().filter(kernel -> kernel.x() instanceof NumberType.Float)
        .map(KernelSpec::name).toList());
  }

  /** Kernels of quantized activations are named after the activations' bits. */
  @ParameterizedTest
  @MethodSource("files")
  void nameTheBitsOfActivations(Path file) {
    for (KernelSpec kernel : Language.compile(Corpus.read(file)).program().kernels()) {
      if (!(kernel.x() instanceof NumberType.Float)) {
        assertEquals("linear_" + kernel.weights().name() + "_a" + kernel.x().bits() + "_" + kernel.y().spelling(),
            kernel.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void areInTheCorpus(Path file) {
    Path twin = Path.of("src", "test", "resources", "good").resolve(file.getFileName());
    assertEquals(Corpus.read(file).text(), Corpus.read(twin).text());
  }
}
