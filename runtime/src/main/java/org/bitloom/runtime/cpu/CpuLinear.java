package org.bitloom.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;

/** The product on the cpu: unpacks once, then multiplies in float64 and rounds each result once. */
final class CpuLinear implements Linear {
  private final Reference reference;
  private final ActivationType resultType;
  private final Function<SignPlanes, Reference> coarser;
  private final Runnable free;

  private CpuLinear(Reference reference, ActivationType resultType, Function<SignPlanes, Reference> coarser,
      Runnable free) {
    this.reference = reference;
    this.resultType = resultType;
    this.coarser = coarser;
    this.free = free;
  }

  /**
   * A product of unpacked weights, whose results are of type {@code resultType}.
   *
   * @param coarser the product by the first sign planes
   */
  static CpuLinear load(WeightFormat format, PackedWeights weights, ActivationType resultType,
      Function<QuantizedWeights, Reference> product, BiFunction<QuantizedWeights, SignPlanes, Reference> coarser) {
    Arena arena = Arena.ofShared();
    try {
      QuantizedWeights unpacked = new WeightPacker(format).unpack(weights, arena);
      return new CpuLinear(product.apply(unpacked), resultType, used -> coarser.apply(unpacked, used), () -> {
        if (arena.scope().isAlive()) {
          arena.close();
        }
      });
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public Linear withPlanes(SignPlanes used) {
    return new CpuLinear(coarser.apply(used), resultType, coarser, () -> {
    });
  }

  @Override
  public int n() {
    return reference.n();
  }

  @Override
  public int k() {
    return reference.k();
  }

  @Override
  public void prepare(int... batches) {
    for (int m : batches) {
      requireBatch(m);
    }
  }

  /** Schedules mean nothing here: every one gives the same results. */
  @Override
  public void prepare(int m, Schedule schedule) {
    requireBatch(m);
  }

  @Override
  public String schedule(int m) {
    return "";
  }

  /** Done on return; allocates float64 copies of the activations. */
  @Override
  public void forward(long x, long y, int m, Stream stream) {
    requireBatch(m);
    MemorySegment activations = NativeMemory.at(x, (long) Activations.BYTES * m * k());
    MemorySegment results = NativeMemory.at(y, (long) Activations.BYTES * m * n());
    reference.multiply(activations, m,
        (row, column, value) -> Activations.write(resultType, results, (long) row * n() + column, value));
  }

  private static void requireBatch(int m) {
    if (m < 1) {
      throw new IllegalArgumentException("a batch has m >= 1, not " + m);
    }
  }

  @Override
  public void close() {
    free.run();
  }
}
