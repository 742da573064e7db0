package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.bitloom.codegen.target.Fragment;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.codegen.target.MmaType;
import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.arith.TensorCore;
import org.bitloom.emulator.sanitize.FaultKind;

/**
 * mma.sync.aligned (PTX ISA 9.7.15.5.14) of one {@link MmaAtom}, summed as {@link TensorCore} says.
 */
public final class MmaOp extends Op {
  /** What happens to integer sums outside of 32 bits. */
  public enum Overflow {
    WRAP, SATURATE
  }

  /** Row-major places of the elements of the three operands in the order (register, lane, element). */
  @SuppressWarnings("ArrayRecordComponent") // made once for each atom, then only read
  private record Places(int[] a, int[] b, int[] c) {
    static Places of(MmaAtom atom) {
      return new Places(places(atom.a(), Axis.COLUMNS, atom.aType()), places(atom.b(), Axis.ROWS, atom.bType()),
          places(atom.c(), Axis.COLUMNS, atom.cType()));
    }
  }

  private static final Map<MmaAtom, Places> PLACES = MmaAtom.ALL.stream()
      .collect(Collectors.toUnmodifiableMap(Function.identity(), Places::of));

  private final MmaAtom atom;
  private final Overflow overflow;
  private final int[] d;
  private final int[] a;
  private final int[] b;
  private final int[] c;
  private final Places places;

  /** @param d int rows of the results, likewise a, b, c */
  public MmaOp(MmaAtom atom, Overflow overflow, int[] d, int[] a, int[] b, int[] c) {
    this.atom = atom;
    this.overflow = overflow;
    this.d = d.clone();
    this.a = a.clone();
    this.b = b.clone();
    this.c = c.clone();
    this.places = PLACES.get(atom);
    if (a.length != atom.a().registers() || b.length != atom.b().registers() || c.length != atom.c().registers()
        || d.length != c.length) {
      throw new IllegalArgumentException(atom.name() + " with " + d.length + ", " + a.length + ", " + b.length + ", "
          + c.length + " registers");
    }
  }

  private static int[] places(Fragment f, Axis depth, MmaType type) {
    int[] places = new int[f.rows() * f.cols()];
    int i = 0;
    for (int r = 0; r < f.registers(); r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        for (int e = 0; e < f.elements(); e++) {
          Fragment.Place p = f.at(l, r, e);
          places[i++] = depth == Axis.COLUMNS
              ? p.row() * f.cols() + order(p.col(), f.cols(), type)
              : order(p.row(), f.rows(), type) * f.cols() + p.col();
        }
      }
    }
    return places;
  }

  /** An FP8 product is two f16 products: one of the lower halves of all registers, one of the upper halves. */
  private static int order(int k, int depth, MmaType type) {
    return switch (type) {
      case E4M3, E5M2 -> (k & 2) * depth / 4 + k / 4 * 2 + (k & 1);
      default -> k;
    };
  }

  /** The axis of a fragment along which products are summed. */
  private enum Axis {
    ROWS, COLUMNS
  }

  @Override
  public void run(Warp w) {
    if (w.mask != Warp.ALL) {
      throw w.fault(FaultKind.DIVERGENT_BARRIER, -1,
          "only lanes 0x" + Integer.toHexString(w.mask) + " execute a warp-wide instruction");
    }
    switch (atom.aType()) {
      case F16, BF16, E4M3, E5M2 -> floats(w);
      case S8, U8 -> bytes(w);
      case B1 -> bits(w);
      case F32, S32 -> throw w.fault(FaultKind.UNSUPPORTED, -1, atom.name());
    }
  }

  private void floats(Warp w) {
    MmaTile t = w.tile;
    TensorCore.Numbers x = t.operandsA.read(w, a, places.a, atom.aType(), atom.k());
    TensorCore.Numbers y = t.operandsB.read(w, b, places.b, atom.bType(), atom.k());
    gatherWords(w, c, places.c, t.ic);
    int depth = atom.k();
    switch (atom.aType()) {
      case E4M3, E5M2 -> multiplyHalves(t, x, y, depth);
      default -> t.core.multiply(x, y, t.ic, depth, 0, depth);
    }
    scatterWords(w, t.ic);
  }

  /** FP8 factors: the two halves are summed as f16 products, from 0, and c is added to nearest even. */
  private static void multiplyHalves(MmaTile t, TensorCore.Numbers a, TensorCore.Numbers b, int depth) {
    int[] c = t.ic.clone();
    Arrays.fill(t.ic, 0);
    t.core.multiply(a, b, t.ic, depth, 0, depth / 2);
    t.core.multiply(a, b, t.ic, depth, depth / 2, depth);
    for (int i = 0; i < c.length; i++) {
      float sum = Float.intBitsToFloat(t.ic[i]) + Float.intBitsToFloat(c[i]);
      t.ic[i] = Float.isNaN(sum) ? Rounding.NAN_F32 : Float.floatToRawIntBits(sum);
    }
  }

  private void bytes(Warp w) {
    MmaTile t = w.tile;
    gatherBytes(w, a, places.a, t.ia, atom.aType() == MmaType.S8 ? 24 : 0);
    gatherBytes(w, b, places.b, t.ib, atom.bType() == MmaType.S8 ? 24 : 0);
    gatherWords(w, c, places.c, t.ic);
    int depth = atom.k();
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 8; j++) {
        int sum = 0;
        for (int k = 0; k < depth; k++) {
          sum += t.ia[i * depth + k] * t.ib[k * 8 + j];
        }
        int c = t.ic[i * 8 + j];
        t.ic[i * 8 + j] = overflow == Overflow.WRAP
            ? c + sum
            : Math.clamp((long) c + sum, Integer.MIN_VALUE, Integer.MAX_VALUE);
      }
    }
    scatterWords(w, t.ic);
  }

  /** @param signShift 24 to sign-extend bytes, 0 to zero-extend them */
  private static void gatherBytes(Warp w, int[] rows, int[] places, int[] to, int signShift) {
    int i = 0;
    for (int row : rows) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        for (int e = 0; e < 32; e += 8) {
          to[places[i++]] = (from[l] >>> e & 0xff) << signShift >> signShift;
        }
      }
    }
  }

  private static void gatherWords(Warp w, int[] rows, int[] places, int[] to) {
    int i = 0;
    for (int row : rows) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        to[places[i++]] = from[l];
      }
    }
  }

  private void scatterWords(Warp w, int[] sums) {
    int i = 0;
    for (int row : d) {
      int[] to = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        to[l] = sums[places.c[i++]];
      }
    }
  }

  /** A register holds 32 neighbours along k, so whole registers are combined. */
  private void bits(Warp w) {
    MmaTile t = w.tile;
    int words = atom.k() / 32;
    for (int r = 0; r < a.length; r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        int place = places.a[(r * Warp.LANES + l) * 32];
        t.ia[place / atom.k() * words + place % atom.k() / 32] = w.r[a[r]][l];
      }
    }
    for (int r = 0; r < b.length; r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        int place = places.b[(r * Warp.LANES + l) * 32];
        t.ib[place / 8 / 32 * 8 + place % 8] = w.r[b[r]][l];
      }
    }
    gatherWords(w, c, places.c, t.ic);
    boolean and = atom.mnemonic().contains(".and.");
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 8; j++) {
        int sum = 0;
        for (int k = 0; k < words; k++) {
          int x = t.ia[i * words + k];
          int y = t.ib[k * 8 + j];
          sum += Integer.bitCount(and ? x & y : x ^ y);
        }
        t.ic[i * 8 + j] += sum;
      }
    }
    scatterWords(w, t.ic);
  }
}
