package org.bitloom.emulator.exec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Loads of kernel parameters, the same for all lanes (PTX ISA 5.1.6.1, 9.7.9.8). */
public final class LoadParameterOp extends Op {
  private final int offset;
  private final Element element;
  private final int[] rows;

  /** @param offset byte offset in the argument block */
  public LoadParameterOp(int offset, Element element, int[] rows) {
    this.offset = offset;
    this.element = element;
    this.rows = rows.clone();
  }

  @Override
  public void run(Warp w) {
    boolean all = w.mask == Warp.ALL;
    for (int i = 0; i < rows.length; i++) {
      long value = element.extend(get(w.cta.grid.arguments(), offset + i * element.bytes()));
      if (rows[i] < 0) {
        continue;
      }
      if (element.registerBits() == 64) {
        Arrays.fill(all ? w.d[rows[i]] : w.longScratch, value);
        if (!all) {
          w.commitLongs(rows[i]);
        }
      } else {
        Arrays.fill(all ? w.r[rows[i]] : w.intScratch, (int) value);
        if (!all) {
          w.commitInts(rows[i]);
        }
      }
    }
  }

  private long get(MemorySegment from, long at) {
    return switch (element.bytes()) {
      case 1 -> from.get(ValueLayout.JAVA_BYTE, at) & 0xff;
      case 2 -> from.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xffff;
      case 4 -> from.get(ValueLayout.JAVA_INT_UNALIGNED, at) & 0xffffffffL;
      default -> from.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
    };
  }
}
