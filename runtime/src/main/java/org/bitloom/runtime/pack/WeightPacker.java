package org.bitloom.runtime.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.numeric.NaturalPlane;
import org.bitloom.runtime.parallel.ParallelRows;

/**
 * Packs codes and parameters of one format into the one buffer that kernels read, and unpacks it again. Parameters of rows
 * that pad the last tile and alignment gaps are zero bytes, so that equal weights give equal bytes.
 */
public record WeightPacker(WeightFormat format, ParallelRows parallel) {
  private static final long ALIGNMENT = 256;

  /** A packer that uses all processors. */
  public WeightPacker(WeightFormat format) {
    this(format, ParallelRows.ofAllProcessors());
  }

  /**
   * Packs into memory of {@code arena}.
   *
   * @throws IllegalArgumentException if the weights are of another format, a plane has a wrong size or a code stands for no
   *     weight
   */
  public PackedWeights pack(QuantizedWeights weights, Arena arena) {
    requireFormat(weights.format().equals(format.info()), weights.format().name());
    PackedShape shape = new PackedShape(format.info(), format.layout(), weights.n(), weights.k());
    MemorySegment packed = arena.allocate(shape.bytes(), ALIGNMENT);
    MemorySegment codes = slice(packed, shape.codes());
    List<PlaneTiles> planes = planes(shape, weights.planes(), packed);
    Optional<RowSums> sums = shape.rowSums().map(section -> new RowSums(weights, slice(packed, section)));
    parallel.forEach(shape.tiles(), 1, (first, end) -> {
      format.packer().pack(weights.codes(), weights.n(), weights.k(), codes, first, end);
      planes.forEach(plane -> plane.pack(first, end));
      sums.ifPresent(rows -> rows.pack(first, end));
    });
    return new PackedWeights(shape, packed);
  }

  /**
   * Unpacks into memory of {@code arena}.
   *
   * @throws IllegalArgumentException if the weights are of another format or layout
   */
  public QuantizedWeights unpack(PackedWeights weights, Arena arena) {
    PackedShape shape = weights.shape();
    requireFormat(shape.format().equals(format.info()), shape.format().name());
    if (!shape.layout().equals(format.layout())) {
      throw new IllegalArgumentException(format.info().name() + ": the packed layout is " + shape.layout().id()
          + ", this packer's is " + format.layout().id());
    }
    MemorySegment codes = arena.allocate((long) shape.n() * shape.k(), ALIGNMENT);
    List<MemorySegment> natural = new ArrayList<>();
    for (ParamPlane plane : format.info().planes()) {
      natural.add(arena.allocate(NaturalPlane.bytes(plane, shape.n(), shape.k()), Integer.BYTES));
    }
    MemorySegment packedCodes = slice(weights.bytes(), shape.codes());
    List<PlaneTiles> planes = planes(shape, natural, weights.bytes());
    parallel.forEach(shape.tiles(), 1, (first, end) -> {
      format.packer().unpack(packedCodes, shape.n(), shape.k(), codes, first, end);
      planes.forEach(plane -> plane.unpack(first, end));
    });
    return new QuantizedWeights(format.info(), shape.n(), shape.k(), codes, natural);
  }

  private List<PlaneTiles> planes(PackedShape shape, List<MemorySegment> natural, MemorySegment packed) {
    List<PackedShape.Section> sections = shape.planes();
    List<PlaneTiles> planes = new ArrayList<>();
    for (int i = 0; i < sections.size(); i++) {
      NaturalPlane plane = new NaturalPlane(format.info().planes().get(i), shape.n(), shape.k(), natural.get(i));
      planes.add(new PlaneTiles(plane, shape.n(), slice(packed, sections.get(i))));
    }
    return planes;
  }

  private void requireFormat(boolean same, String found) {
    if (!same) {
      throw new IllegalArgumentException("this packs " + format.info().name() + ", the weights are " + found);
    }
  }

  private static MemorySegment slice(MemorySegment packed, PackedShape.Section section) {
    return packed.asSlice(section.offset(), section.bytes());
  }
}
