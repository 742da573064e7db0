package org.bitloom.safetensors;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor to be written; its bytes are asked for when their turn comes, so a whole model need not be in memory.
 *
 * @param shape outermost dimension first
 */
public record TensorEntry(String name, DType dtype, List<Long> shape, Source source) {
  public TensorEntry {
    shape = List.copyOf(shape);
  }

  /** Produces the bytes of a tensor. */
  @FunctionalInterface
  public interface Source {
    /** Writes all bytes, in one or more pieces. */
    void writeTo(Sink sink) throws IOException;
  }

  /** Takes the bytes of a tensor. */
  @FunctionalInterface
  public interface Sink {
    /** Appends a piece; it is not kept. */
    void write(MemorySegment piece) throws IOException;
  }

  /** A tensor whose bytes are already there. */
  public static TensorEntry of(String name, DType dtype, List<Long> shape, MemorySegment bytes) {
    return new TensorEntry(name, dtype, shape, sink -> sink.write(bytes));
  }

  /** Size in bytes. */
  public long bytes() {
    return TensorInfo.bytes(dtype, shape);
  }
}
