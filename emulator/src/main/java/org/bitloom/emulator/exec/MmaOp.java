package org.bitloom.emulator.exec;

import org.bitloom.codegen.target.Fragment;
import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.codegen.target.MmaType;
import org.bitloom.emulator.arith.Fp8;
import org.bitloom.emulator.arith.Rounding;
import org.bitloom.emulator.sanitize.FaultKind;

/**
 * mma.sync.aligned (PTX ISA 9.7.15.5.14) of one {@link MmaAtom}. The hardware does not say in which order it sums; here every
 * product is exact and the terms are added to the accumulator in ascending k, each sum rounded to nearest even in f32.
 */
public final class MmaOp extends Op {
  private final MmaAtom atom;
  private final int[] d;
  private final int[] a;
  private final int[] b;
  private final int[] c;
  private final int[] placeA;
  private final int[] placeB;
  private final int[] placeC;

  /** @param d int rows of the results, likewise a, b, c */
  public MmaOp(MmaAtom atom, int[] d, int[] a, int[] b, int[] c) {
    this.atom = atom;
    this.d = d.clone();
    this.a = a.clone();
    this.b = b.clone();
    this.c = c.clone();
    this.placeA = places(atom.a());
    this.placeB = places(atom.b());
    this.placeC = places(atom.c());
    if (a.length != atom.a().registers() || b.length != atom.b().registers() || c.length != atom.c().registers()
        || d.length != c.length) {
      throw new IllegalArgumentException(atom.name() + " with " + d.length + ", " + a.length + ", " + b.length + ", "
          + c.length + " registers");
    }
  }

  /** Row-major places of elements in the order (register, lane, element). */
  private static int[] places(Fragment f) {
    int[] places = new int[f.rows() * f.cols()];
    int i = 0;
    for (int r = 0; r < f.registers(); r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        for (int e = 0; e < f.elements(); e++) {
          Fragment.Place p = f.at(l, r, e);
          places[i++] = p.row() * f.cols() + p.col();
        }
      }
    }
    return places;
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
    switch (atom.aType()) {
      case F16 -> {
        gatherF16(w, a, placeA, t.a);
        gatherF16(w, b, placeB, t.b);
      }
      case BF16 -> {
        gatherBf16(w, a, placeA, t.a);
        gatherBf16(w, b, placeB, t.b);
      }
      default -> {
        gatherFp8(w, a, placeA, t.a, fp8(atom.aType()));
        gatherFp8(w, b, placeB, t.b, fp8(atom.bType()));
      }
    }
    int i = 0;
    for (int row : c) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        t.c[placeC[i++]] = Float.intBitsToFloat(from[l]);
      }
    }
    multiply(t.a, t.b, t.c, atom.k());
    i = 0;
    for (int row : d) {
      int[] to = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        float v = t.c[placeC[i++]];
        to[l] = Float.isNaN(v) ? Rounding.NAN_F32 : Float.floatToRawIntBits(v);
      }
    }
  }

  private static void gatherF16(Warp w, int[] rows, int[] places, float[] to) {
    int i = 0;
    for (int row : rows) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        int v = from[l];
        to[places[i]] = Float.float16ToFloat((short) v);
        to[places[i + 1]] = Float.float16ToFloat((short) (v >> 16));
        i += 2;
      }
    }
  }

  private static void gatherBf16(Warp w, int[] rows, int[] places, float[] to) {
    int i = 0;
    for (int row : rows) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        int v = from[l];
        to[places[i]] = Float.intBitsToFloat(v << 16);
        to[places[i + 1]] = Float.intBitsToFloat(v & 0xffff0000);
        i += 2;
      }
    }
  }

  private static Fp8 fp8(MmaType type) {
    return type == MmaType.E4M3 ? Fp8.E4M3 : Fp8.E5M2;
  }

  private static void gatherFp8(Warp w, int[] rows, int[] places, float[] to, Fp8 format) {
    int i = 0;
    for (int row : rows) {
      int[] from = w.r[row];
      for (int l = 0; l < Warp.LANES; l++) {
        for (int e = 0; e < 32; e += 8) {
          to[places[i++]] = (float) format.decode(from[l] >>> e & 0xff);
        }
      }
    }
  }

  private static void multiply(float[] a, float[] b, float[] c, int depth) {
    for (int i = 0; i < 16; i++) {
      int o = i * 8;
      float c0 = c[o];
      float c1 = c[o + 1];
      float c2 = c[o + 2];
      float c3 = c[o + 3];
      float c4 = c[o + 4];
      float c5 = c[o + 5];
      float c6 = c[o + 6];
      float c7 = c[o + 7];
      for (int k = 0; k < depth; k++) {
        float x = a[i * depth + k];
        int p = k * 8;
        c0 = Math.fma(x, b[p], c0);
        c1 = Math.fma(x, b[p + 1], c1);
        c2 = Math.fma(x, b[p + 2], c2);
        c3 = Math.fma(x, b[p + 3], c3);
        c4 = Math.fma(x, b[p + 4], c4);
        c5 = Math.fma(x, b[p + 5], c5);
        c6 = Math.fma(x, b[p + 6], c6);
        c7 = Math.fma(x, b[p + 7], c7);
      }
      c[o] = c0;
      c[o + 1] = c1;
      c[o + 2] = c2;
      c[o + 3] = c3;
      c[o + 4] = c4;
      c[o + 5] = c5;
      c[o + 6] = c6;
      c[o + 7] = c7;
    }
  }

  private void bytes(Warp w) {
    MmaTile t = w.tile;
    gatherBytes(w, a, placeA, t.ia, atom.aType() == MmaType.S8 ? 24 : 0);
    gatherBytes(w, b, placeB, t.ib, atom.bType() == MmaType.S8 ? 24 : 0);
    gatherWords(w, c, placeC, t.ic);
    int depth = atom.k();
    for (int i = 0; i < 16; i++) {
      for (int k = 0; k < depth; k++) {
        int x = t.ia[i * depth + k];
        for (int j = 0; j < 8; j++) {
          t.ic[i * 8 + j] += x * t.ib[k * 8 + j];
        }
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
        to[l] = sums[placeC[i++]];
      }
    }
  }

  /** A register holds 32 neighbours along k, so whole registers are combined. */
  private void bits(Warp w) {
    MmaTile t = w.tile;
    int words = atom.k() / 32;
    for (int r = 0; r < a.length; r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        int place = placeA[(r * Warp.LANES + l) * 32];
        t.ia[place / atom.k() * words + place % atom.k() / 32] = w.r[a[r]][l];
      }
    }
    for (int r = 0; r < b.length; r++) {
      for (int l = 0; l < Warp.LANES; l++) {
        int place = placeB[(r * Warp.LANES + l) * 32];
        t.ib[place / 8 / 32 * 8 + place % 8] = w.r[b[r]][l];
      }
    }
    gatherWords(w, c, placeC, t.ic);
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
