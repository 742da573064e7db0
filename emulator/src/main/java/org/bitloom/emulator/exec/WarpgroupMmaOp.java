package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.bitloom.codegen.target.MmaType;
import org.bitloom.emulator.arith.Fp8;
import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.TensorCore;
import org.bitloom.emulator.exec.MatrixDescriptor.Major;
import org.bitloom.emulator.sanitize.FaultKind;

/**
 * wgmma.mma_async (PTX ISA 9.7.16.5.2). Each warp of a warpgroup computes its 16 of the 64 rows, when it waits for them.
 */
public final class WarpgroupMmaOp extends Op {
  /**
   * What is multiplied.
   *
   * @param n columns
   * @param k depth
   * @param signA {@code 1} or {@code -1}, a factor of A
   * @param majorA which dimension of A is contiguous in shared memory
   */
  public record Form(int n, int k, MmaType a, MmaType b, int signA, int signB, Major majorA, Major majorB) {
  }

  /** Where A comes from: four registers, or a descriptor. */
  public sealed interface SourceA {
    /** Int rows, as for mma. */
    record Registers(int r0, int r1, int r2, int r3) implements SourceA {
      int row(int r) {
        return switch (r) {
          case 0 -> r0;
          case 1 -> r1;
          case 2 -> r2;
          default -> r3;
        };
      }
    }

    /** The long row of a descriptor. */
    record Shared(int row) implements SourceA {
    }
  }

  private static final int ROWS = TensorCore.ROWS;
  private static final int COLUMNS = TensorCore.COLUMNS;
  private static final int WARPS = 4;

  private final Form form;
  private final int[] d;
  private final SourceA a;
  private final int b;
  private final PredicateSource keep;

  /**
   * Decoded operands.
   *
   * @param d int rows of the accumulators, n / 2 of them
   * @param b long row of the descriptor of B
   * @param keep where it holds the accumulators are added to, else overwritten
   */
  public WarpgroupMmaOp(Form form, int[] d, SourceA a, int b, PredicateSource keep) {
    this.form = form;
    this.d = d.clone();
    this.a = a;
    this.b = b;
    this.keep = keep;
  }

  /** Int rows of the accumulators and of A, which nobody else may use while a product is in flight. */
  public int[] registers() {
    return IntStream.concat(Arrays.stream(d), Arrays.stream(operands())).toArray();
  }

  private int[] operands() {
    return switch (a) {
      case SourceA.Registers s -> new int[]{s.r0, s.r1, s.r2, s.r3};
      case SourceA.Shared s -> new int[0];
    };
  }

  /** A product that was issued, with what it took from its operands then. */
  final class Issued {
    private final Warp w;
    private final long descriptorA;
    private final long descriptorB;
    private final boolean add;
    private final int[] fenced;

    private Issued(Warp w) {
      this.w = w;
      this.descriptorA = a instanceof SourceA.Shared s ? w.d[s.row()][0] : 0;
      this.descriptorB = w.d[b][0];
      this.add = keep.of(w) != 0;
      this.fenced = w.cta.order.fenced(w.number);
    }

    int[] accumulators() {
      return d;
    }

    int[] operands() {
      return WarpgroupMmaOp.this.operands();
    }

    void happen() {
      multiply(w, MatrixDescriptor.of(descriptorA), MatrixDescriptor.of(descriptorB), add, fenced);
    }
  }

  @Override
  public void run(Warp w) {
    if (w.mask != Warp.ALL) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1,
          "only lanes 0x" + Integer.toHexString(w.mask) + " execute a warpgroup-wide instruction");
    }
    w.products.issue(new Issued(w));
  }

  private void multiply(Warp w, MatrixDescriptor inA, MatrixDescriptor inB, boolean add, int[] fenced) {
    int bits = form.a.bits();
    int rowBytes = form.k * bits / 8;
    byte[] rowsOfA = new byte[ROWS * rowBytes];
    byte[] columnsOfB = new byte[form.n * rowBytes];
    fetchA(w, inA, rowsOfA, rowBytes, fenced);
    fetch(w, inB, form.majorB, 0, form.n, columnsOfB, rowBytes, fenced);
    switch (form.a) {
      case F16, BF16, E4M3, E5M2 -> readA(w.tile.a, rowsOfA);
      default -> {
      }
    }
    int[] c = w.tile.ic;
    for (int tile = 0; tile < form.n / COLUMNS; tile++) {
      if (add) {
        move(w, tile, c, Direction.FROM_REGISTERS);
      } else {
        Arrays.fill(c, 0);
      }
      int atB = tile * COLUMNS * rowBytes;
      switch (form.a) {
        case S8, U8 -> bytes(rowsOfA, columnsOfB, atB, c);
        case B1 -> bits(rowsOfA, columnsOfB, atB, rowBytes, c);
        default -> floats(w.tile, columnsOfB, atB, c);
      }
      move(w, tile, c, Direction.TO_REGISTERS);
    }
  }

  private enum Direction {
    FROM_REGISTERS, TO_REGISTERS
  }

  /** Accumulator i of a lane: row lane/4 + 8 (i/2 mod 2), column 2 (lane mod 4) + i mod 2 + 8 (i/4). */
  private void move(Warp w, int tile, int[] c, Direction direction) {
    for (int i = 0; i < 4; i++) {
      int[] row = w.r[d[tile * 4 + i]];
      for (int l = 0; l < Warp.LANES; l++) {
        int at = (l / 4 + 8 * (i / 2)) * COLUMNS + l % 4 * 2 + i % 2;
        if (direction == Direction.TO_REGISTERS) {
          row[l] = c[at];
        } else {
          c[at] = row[l];
        }
      }
    }
  }

  private void fetchA(Warp w, MatrixDescriptor from, byte[] to, int rowBytes, int[] fenced) {
    switch (a) {
      case SourceA.Shared s -> fetch(w, from, form.majorA, w.index % WARPS * ROWS,
          ROWS, to, rowBytes, fenced);
      case SourceA.Registers s -> {
        for (int r = 0; r < 4; r++) {
          for (int l = 0; l < Warp.LANES; l++) {
            int at = (l / 4 + 8 * (r % 2)) * rowBytes + l % 4 * 4 + r / 2 * rowBytes / 2;
            LocalMemory.put(to, at, 4, w.r[s.row(r)][l]);
          }
        }
      }
    }
  }

  /** Rows {@code first .. first + count - 1} of an operand, k contiguous. */
  private void fetch(Warp w, MatrixDescriptor from, Major major, int first, int count, byte[] to, int rowBytes,
      int[] fenced) {
    SharedMemory shared = w.cta.shared;
    if (major == Major.K) {
      for (int row = 0; row < count; row++) {
        for (int at = 0; at < rowBytes; at += 16) {
          int source = shared.readByProxy(w, 0, from.alongK(first + row, at), 16, fenced);
          System.arraycopy(shared.bytes, source, to, row * rowBytes + at, 16);
        }
      }
      return;
    }
    for (int k = 0; k < form.k; k++) {
      for (int row = 0; row < count; row += 8) {
        int source = shared.readByProxy(w, 0, from.alongMn(first + row, k), 16, fenced);
        for (int e = 0; e < 8; e++) {
          int at = (row + e) * rowBytes + 2 * k;
          to[at] = shared.bytes[source + 2 * e];
          to[at + 1] = shared.bytes[source + 2 * e + 1];
        }
      }
    }
  }

  private void readA(TensorCore.Numbers to, byte[] rowsOfA) {
    to.start(TensorCore.Rows.ANY, form.k);
    for (int i = 0; i < ROWS * form.k; i++) {
      put(to, i, form.a, rowsOfA, i, form.signA);
    }
  }

  private void floats(MmaTile t, byte[] columnsOfB, int atB, int[] c) {
    t.b.start(TensorCore.Rows.ANY, form.k);
    for (int k = 0; k < form.k; k++) {
      for (int j = 0; j < COLUMNS; j++) {
        put(t.b, k * COLUMNS + j, form.b, columnsOfB, atB * 8 / form.b.bits() + j * form.k + k, form.signB);
      }
    }
    TensorCore core = form.a.bits() == 8 ? t.shortCore : t.core;
    core.multiply(t.a, t.b, c, form.k, 0, form.k);
    for (int i = 0; i < c.length; i++) {
      if (Float.isNaN(Float.intBitsToFloat(c[i]))) {
        c[i] = Rounding.NAN_F32;
      }
    }
  }

  private static void put(TensorCore.Numbers to, int place, MmaType type, byte[] from, int element, int sign) {
    int flip = sign < 0 ? 0x8000 : 0;
    switch (type) {
      case F16 -> to.f16(place, half(from, element) ^ flip);
      case BF16 -> to.bf16(place, half(from, element) ^ flip);
      case E4M3 -> to.f16(place, Fp8.E4M3.toF16(from[element] & 0xff) ^ flip);
      default -> to.f16(place, Fp8.E5M2.toF16(from[element] & 0xff) ^ flip);
    }
  }

  private static int half(byte[] from, int element) {
    return (from[2 * element] & 0xff) | (from[2 * element + 1] & 0xff) << 8;
  }

  private void bytes(byte[] rowsOfA, byte[] columnsOfB, int atB, int[] c) {
    int maskA = form.a == MmaType.U8 ? 0xff : -1;
    int maskB = form.b == MmaType.U8 ? 0xff : -1;
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        int sum = 0;
        for (int k = 0; k < form.k; k++) {
          sum += (rowsOfA[i * form.k + k] & maskA) * (columnsOfB[atB + j * form.k + k] & maskB);
        }
        c[i * COLUMNS + j] += sum;
      }
    }
  }

  private static void bits(byte[] rowsOfA, byte[] columnsOfB, int atB, int rowBytes, int[] c) {
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        int sum = 0;
        for (int k = 0; k < rowBytes; k++) {
          sum += Integer.bitCount(rowsOfA[i * rowBytes + k] & columnsOfB[atB + j * rowBytes + k] & 0xff);
        }
        c[i * COLUMNS + j] += sum;
      }
    }
  }
}
