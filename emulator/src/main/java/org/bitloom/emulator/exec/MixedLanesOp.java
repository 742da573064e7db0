package org.bitloom.emulator.exec;

/** An operation between rows of any width that is rare enough to be a function of single numbers. */
public final class MixedLanesOp extends Op {
  /** The operation on one lane; 32-bit operands come zero-extended. */
  @FunctionalInterface
  public interface Function {
    /** The result for operands a, b, c. */
    long of(long a, long b, long c);
  }

  /** A row and its width. */
  public record Row(LaneAddress.Width width, int row) {
    long get(Warp w, int lane) {
      return width == LaneAddress.Width.LONG ? w.d[row][lane] : w.r[row][lane] & 0xffffffffL;
    }

    void put(Warp w, int lane, long value) {
      if (width == LaneAddress.Width.LONG) {
        w.d[row][lane] = value;
      } else {
        w.r[row][lane] = (int) value;
      }
    }
  }

  private final Function function;
  private final Row to;
  private final Row x;
  private final Row y;
  private final Row z;

  /** Operands that the operation lacks repeat x. */
  public MixedLanesOp(Function function, Row to, Row x, Row y, Row z) {
    this.function = function;
    this.to = to;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  @Override
  public void run(Warp w) {
    for (int m = w.mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      to.put(w, l, function.of(x.get(w, l), y.get(w, l), z.get(w, l)));
    }
  }
}
