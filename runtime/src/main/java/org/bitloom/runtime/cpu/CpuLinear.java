package org.bitloom.runtime.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;

/** The product on the cpu: unpacks once, then multiplies in float64 and rounds each result once. */
final class CpuLinear implements Linear {
  private final Arena arena;
  private final Reference reference;
  private final ActivationType resultType;

  /** A product of unpacked weights, whose results are of type {@code resultType}. */
  CpuLinear(WeightFormat format, PackedWeights weights, ActivationType resultType,
      Function<QuantizedWeights, Reference> product) {
    this.resultType = resultType;
    this.arena = Arena.ofShared();
    try {
      reference = product.apply(new WeightPacker(format).unpack(weights, arena));
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
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
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
