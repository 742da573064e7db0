package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.quant.Quantizer;

/**
 * A big packed matrix whose rows repeat: a block of random rows is quantized and packed once, and its tiles are copied, so
 * that a matrix of any size is ready at the speed of memory.
 *
 * @param block the rows that repeat
 */
record RepeatedLayer(QuantizedWeights block, PackedWeights packed) {
  private static final int BLOCK_ROWS = 256;

  /** Weights of {@code shape}; where n is no whole number of tiles, or small, nothing repeats. */
  static RepeatedLayer random(WeightFormat format, Shape shape, Arena arena) {
    boolean repeats = shape.n() > BLOCK_ROWS && shape.n() % LayoutInfo.TILE_ROWS == 0;
    Shape blockShape = repeats ? new Shape(BLOCK_ROWS, shape.k()) : shape;
    try (Arena scratch = Arena.ofShared()) {
      Layer layer = Layer.of(format, Quantizer.standard(format.info()),
          new WeightSource.Random(blockShape).load(scratch).matrix(), arena);
      return new RepeatedLayer(layer.quantized(), repeats ? repeat(layer.packed(), shape, arena) : layer.packed());
    }
  }

  /** Every code plane, and every parameter plane but one of the tensor, is {@code [ceil(n/16)][...]}, see {@link PackedShape}. */
  private static PackedWeights repeat(PackedWeights block, Shape shape, Arena arena) {
    PackedShape from = block.shape();
    PackedShape to = new PackedShape(from.format(), from.layout(), shape.n(), shape.k());
    MemorySegment bytes = arena.allocate(to.bytes(), 256);
    for (int i = 0; i < from.codePlanes().size(); i++) {
      fill(slice(block.bytes(), from.codePlanes().get(i)), slice(bytes, to.codePlanes().get(i)));
    }
    List<ParamPlane> planes = new ArrayList<>(from.format().planes());
    for (int i = 0; i < planes.size(); i++) {
      MemorySegment source = slice(block.bytes(), from.planes().get(i));
      MemorySegment target = slice(bytes, to.planes().get(i));
      if (planes.get(i).grouping() instanceof Grouping.Tensor) {
        target.copyFrom(source);
      } else {
        fill(source, target);
      }
    }
    if (to.rowSums().isPresent()) {
      fill(slice(block.bytes(), from.rowSums().get()), slice(bytes, to.rowSums().get()));
    }
    return new PackedWeights(to, bytes);
  }

  private static void fill(MemorySegment source, MemorySegment target) {
    for (long at = 0; at < target.byteSize(); at += source.byteSize()) {
      long bytes = Math.min(source.byteSize(), target.byteSize() - at);
      MemorySegment.copy(source, 0, target, at, bytes);
    }
  }

  private static MemorySegment slice(MemorySegment bytes, PackedShape.Section section) {
    return bytes.asSlice(section.offset(), section.bytes());
  }
}
