package org.bitloom.emulator.exec;

/** Any logic function of three operands, lop3.b32 (PTX ISA 9.7.8.6): the value of bit (a, b, c) is bit 4a+2b+c of a table. */
public final class Lop3 extends IntLanes {
  private final int[] terms = new int[8];

  /** @param table the immediate of the instruction */
  public Lop3(int table) {
    for (int i = 0; i < 8; i++) {
      terms[i] = -(table >> i & 1);
    }
  }

  @Override
  void compute(int[] to, int[] x, int[] y, int[] z) {
    int t0 = terms[0];
    int d0 = terms[0] ^ terms[1];
    int t1 = terms[2];
    int d1 = terms[2] ^ terms[3];
    int t2 = terms[4];
    int d2 = terms[4] ^ terms[5];
    int t3 = terms[6];
    int d3 = terms[6] ^ terms[7];
    for (int l = 0; l < Warp.LANES; l++) {
      int c = z[l];
      int b = y[l];
      int low = t0 ^ (d0 & c);
      low ^= (low ^ t1 ^ (d1 & c)) & b;
      int high = t2 ^ (d2 & c);
      high ^= (high ^ t3 ^ (d3 & c)) & b;
      to[l] = low ^ ((low ^ high) & x[l]);
    }
  }
}
