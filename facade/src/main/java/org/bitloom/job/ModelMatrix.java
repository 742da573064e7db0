package org.bitloom.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.source.Spelling;
import org.bitloom.runtime.quant.WeightMatrix;
import org.bitloom.safetensors.FloatMatrix;
import org.bitloom.safetensors.SafetensorsFile;
import org.bitloom.safetensors.TensorInfo;

/** Reads one weight matrix from a safetensors file. */
final class ModelMatrix {
  /** What the big matrices of a feed-forward block are called in most models. */
  private static final List<String> FEED_FORWARD = List.of("up_proj", "down_proj", "gate_proj", "mlp", "ffn");

  private ModelMatrix() {
  }

  /** Copies the matrix {@code name}, or a matrix of a feed-forward block, or the first one. */
  static WeightSource.NamedMatrix read(Path path, Optional<String> name, Arena arena) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      List<TensorInfo> matrices = file.tensors().stream().filter(tensor -> FloatMatrix.type(tensor).isPresent())
          .toList();
      TensorInfo tensor = name.map(wanted -> find(file, wanted, matrices)).or(() -> typical(matrices))
          .orElseThrow(() -> new BadInput(path + " holds no matrix of F16, BF16 or F32"));
      WeightMatrix mapped = FloatMatrix.of(file, tensor);
      MemorySegment copy = arena.allocate(mapped.data().byteSize(), 256).copyFrom(mapped.data());
      return new WeightSource.NamedMatrix(tensor.name(), new WeightMatrix(copy, mapped.type(), mapped.n(), mapped.k()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TensorInfo find(SafetensorsFile file, String wanted, List<TensorInfo> matrices) {
    return file.find(wanted).orElseThrow(() -> {
      List<String> names = matrices.stream().map(TensorInfo::name).toList();
      return new BadInput(file.path() + " has no tensor '" + wanted + "'."
          + Spelling.closest(wanted, names).map(close -> " Did you mean '" + close + "'?").orElse(""));
    });
  }

  private static Optional<TensorInfo> typical(List<TensorInfo> matrices) {
    return FEED_FORWARD.stream()
        .flatMap(part -> matrices.stream().filter(tensor -> tensor.name().contains(part)).limit(1)).findFirst()
        .or(() -> matrices.stream().findFirst());
  }
}
