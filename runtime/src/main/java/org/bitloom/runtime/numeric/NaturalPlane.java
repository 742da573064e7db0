package org.bitloom.runtime.numeric;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;

/**
 * Reads and writes one parameter plane in natural order, {@code [n][groups]} numbers of
 * {@link ParamPlane#naturalBytes()} bytes, little-endian; a tensor parameter is one number.
 */
public final class NaturalPlane {
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ParamPlane plane;
  private final MemorySegment data;
  private final int groups;
  private final int rowStride;
  private final int bytes;

  /**
   * A view of {@code data} as {@code plane} of an n x k matrix.
   *
   * @throws IllegalArgumentException if the size of {@code data} is another than the plane's
   */
  public NaturalPlane(ParamPlane plane, int n, int k, MemorySegment data) {
    this.plane = plane;
    this.data = data;
    this.groups = plane.grouping().groups(k);
    this.rowStride = plane.grouping() instanceof Grouping.Tensor ? 0 : groups;
    this.bytes = plane.naturalBytes();
    if (data.byteSize() != bytes(plane, n, k)) {
      throw new IllegalArgumentException("the " + plane.role() + " plane of a " + n + " x " + k + " matrix has "
          + bytes(plane, n, k) + " bytes, not " + data.byteSize());
    }
  }

  /** Bytes of {@code plane} in natural order. */
  public static long bytes(ParamPlane plane, int n, int k) {
    return plane.count(n, k) * plane.naturalBytes();
  }

  /** What is stored. */
  public ParamPlane plane() {
    return plane;
  }

  /** Numbers a row; 1 for row and tensor parameters. */
  public int groups() {
    return groups;
  }

  /** The group that column {@code k} belongs to. */
  public int group(int k) {
    return plane.grouping() instanceof Grouping.Group(int size) ? k / size : 0;
  }

  /** The stored bits for {@code row} and {@code group}. */
  public int raw(int row, int group) {
    long offset = offset(row, group);
    return switch (bytes) {
      case 1 -> data.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
      case 2 -> data.get(SHORT, offset) & 0xffff;
      default -> data.get(INT, offset);
    };
  }

  /** Stores the bits for {@code row} and {@code group}. */
  public void setRaw(int row, int group, int raw) {
    long offset = offset(row, group);
    switch (bytes) {
      case 1 -> data.set(ValueLayout.JAVA_BYTE, offset, (byte) raw);
      case 2 -> data.set(SHORT, offset, (short) raw);
      default -> data.set(INT, offset, raw);
    }
  }

  /** The number for {@code row} and {@code group}. */
  public double value(int row, int group) {
    return plane.type().value(raw(row, group));
  }

  private long offset(int row, int group) {
    return ((long) row * rowStride + group) * bytes;
  }
}
