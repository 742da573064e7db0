package org.bitloom.emulator.exec;

/** One decoded instruction, executed by all lanes of {@link Warp#mask} at once. Stateless: all warps share it. */
public abstract class Op {
  /** Executes the instruction; {@code warp.pc} already points behind it. */
  public abstract void run(Warp warp);
}
