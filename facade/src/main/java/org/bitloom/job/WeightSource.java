package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.quant.ElementType;
import org.bitloom.runtime.quant.WeightMatrix;

/** Where unquantized weights come from. */
public sealed interface WeightSource {
  /** Reads or makes the weights in memory of {@code arena}. */
  NamedMatrix load(Arena arena);

  /**
   * A matrix and what to call it.
   *
   * @param name such as {@code model.layers.0.mlp.up_proj.weight}
   */
  record NamedMatrix(String name, WeightMatrix matrix) {
  }

  /** A tensor of a safetensors file; without a name the first matrix of a feed-forward block, else the first matrix. */
  record Tensor(Path file, Optional<String> tensor) implements WeightSource {
    /** Parses {@code FILE.safetensors[:TENSOR]}. */
    public static Tensor parse(String text) {
      int colon = text.lastIndexOf(".safetensors:");
      if (colon < 0) {
        return new Tensor(Path.of(text), Optional.empty());
      }
      int end = colon + ".safetensors".length();
      return new Tensor(Path.of(text.substring(0, end)), Optional.of(text.substring(end + 1)));
    }

    @Override
    public NamedMatrix load(Arena arena) {
      return ModelMatrix.read(file, tensor, arena);
    }
  }

  /** Normally distributed float32 weights of a trained layer's size (standard deviation 0.02), the same for one shape. */
  record Random(Shape shape) implements WeightSource {
    private static final double DEVIATION = 0.02;
    private static final long SEED = 0x5eedL;

    @Override
    public NamedMatrix load(Arena arena) {
      ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
      MemorySegment data = arena.allocate(shape.weights() * Float.BYTES, 256);
      ParallelRows.ofAllProcessors().forEach(shape.n(), 1, (first, end) -> {
        for (int row = first; row < end; row++) {
          RandomGenerator random = new SplittableRandom(SEED + row);
          for (int i = 0; i < shape.k(); i++) {
            data.setAtIndex(layout, (long) row * shape.k() + i, (float) (DEVIATION * random.nextGaussian()));
          }
        }
      });
      return new NamedMatrix("random " + shape, new WeightMatrix(data, ElementType.F32, shape.n(), shape.k()));
    }
  }
}
