package org.bitloom.emulator.exec;

import org.bitloom.emulator.sanitize.FaultKind;

/** Moves of 8 x 8 matrices of 16-bit elements between shared memory and a warp's registers (PTX ISA 9.7.15.5.15 to .17). */
public final class MatrixMoveOps {
  private static final int ROWS = 8;
  private static final int ROW_BYTES = 16;

  private MatrixMoveOps() {
  }

  /** Whether lanes hold rows or columns of the matrices. */
  public enum Order {
    PLAIN, TRANSPOSED
  }

  private static void requireAll(Warp w) {
    if (w.mask != Warp.ALL) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1,
          "only lanes 0x" + Integer.toHexString(w.mask) + " execute a warp-wide instruction");
    }
  }

  /** ldmatrix: lanes 8i .. 8i+7 give the row addresses of matrix i, register i of all lanes receives it. */
  public static final class Load extends Op {
    private final Space space;
    private final LaneAddress address;
    private final int[] rows;
    private final Order order;

    /** @param rows int rows, one a matrix */
    public Load(Space space, LaneAddress address, int[] rows, Order order) {
      this.space = space;
      this.address = address;
      this.rows = rows.clone();
      this.order = order;
    }

    @Override
    public void run(Warp w) {
      requireAll(w);
      SharedMemory shared = w.cta.shared;
      int[] start = w.intScratch;
      if (space == Space.SHARED) {
        shared.readLanes(w, -1 >>> (Warp.LANES - ROWS * rows.length), address, ROW_BYTES, start);
      } else {
        for (int l = 0; l < ROWS * rows.length; l++) {
          start[l] = shared.read(w, l, inShared(w, space, l, address.of(w, l)), ROW_BYTES);
        }
      }
      for (int i = 0; i < rows.length; i++) {
        int[] to = w.r[rows[i]];
        for (int l = 0; l < Warp.LANES; l++) {
          int pair = l & 3;
          int line = l >> 2;
          to[l] = order == Order.PLAIN
              ? shared.get32(start[ROWS * i + line] + 4 * pair)
              : shared.get16(start[ROWS * i + 2 * pair] + 2 * line)
                  | shared.get16(start[ROWS * i + 2 * pair + 1] + 2 * line) << 16;
        }
      }
    }
  }

  /** stmatrix: the inverse of ldmatrix. */
  public static final class Store extends Op {
    private final Space space;
    private final LaneAddress address;
    private final int[] rows;
    private final Order order;

    /** @param rows int rows, one a matrix */
    public Store(Space space, LaneAddress address, int[] rows, Order order) {
      this.space = space;
      this.address = address;
      this.rows = rows.clone();
      this.order = order;
    }

    @Override
    public void run(Warp w) {
      requireAll(w);
      SharedMemory shared = w.cta.shared;
      for (int i = 0; i < rows.length; i++) {
        int[] from = w.r[rows[i]];
        for (int line = 0; line < ROWS; line++) {
          int lane = ROWS * i + line;
          int at = shared.write(w, lane, inShared(w, space, lane, address.of(w, lane)), ROW_BYTES);
          for (int e = 0; e < ROWS; e++) {
            int holder = order == Order.PLAIN ? line * 4 + e / 2 : e * 4 + line / 2;
            int half = order == Order.PLAIN ? e & 1 : line & 1;
            shared.put16(at + 2 * e, from[holder] >>> (16 * half));
          }
        }
      }
    }
  }

  /** movmatrix.trans: transposes a matrix that the warp holds. */
  public static final class Transpose extends Op {
    private final int to;
    private final int from;

    /** Both are int rows. */
    public Transpose(int to, int from) {
      this.to = to;
      this.from = from;
    }

    @Override
    public void run(Warp w) {
      requireAll(w);
      int[] in = w.r[from];
      for (int l = 0; l < Warp.LANES; l++) {
        int column = l >> 2;
        int row = (l & 3) * 2;
        int low = in[row * 4 + column / 2] >>> (16 * (column & 1)) & 0xffff;
        int high = in[(row + 1) * 4 + column / 2] >>> (16 * (column & 1));
        w.intScratch[l] = low | high << 16;
      }
      w.commitInts(to);
    }
  }

  private static long inShared(Warp w, Space space, int lane, long at) {
    Space found = space.of(at);
    if (found != Space.SHARED) {
      throw w.fault(FaultKind.OUT_OF_BOUNDS, lane, "address 0x" + Long.toHexString(at) + " is not in shared memory");
    }
    return space.inside(found, at);
  }
}
