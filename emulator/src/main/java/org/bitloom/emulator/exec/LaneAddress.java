package org.bitloom.emulator.exec;

/**
 * The address operand {@code [register + offset]} of every lane (PTX ISA 6.4.1).
 *
 * @param width which row holds the register
 */
public record LaneAddress(Width width, int row, long offset) {
  /** Width of the register. */
  public enum Width {
    INT, LONG
  }

  long of(Warp w, int lane) {
    return (width == Width.LONG ? w.d[row][lane] : w.r[row][lane] & 0xffffffffL) + offset;
  }
}
