package org.bitloom.runtime.api;

/** One plane of parameters of a format: its role, its stored type and which weights share a number. */
public record ParamPlane(Role role, ParamType type, Grouping grouping) {
  /** What the numbers of a plane do: weight = product of scales * (value - zero) + offset. */
  public enum Role {
    SCALE, ZERO, OFFSET
  }

  /** Numbers in the plane of an n x k matrix, in natural order [n][groups] (a tensor parameter: 1). */
  public long count(int n, int k) {
    return grouping instanceof Grouping.Tensor ? 1 : (long) n * grouping.groups(k);
  }

  /** Bytes that one number takes in natural order: integers take one byte each, floats their own size. */
  public int naturalBytes() {
    return Math.max(8, type.storedBits()) / 8;
  }
}
