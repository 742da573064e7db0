package org.bitloom.emulator.exec;

import java.util.List;

/** When the blocks of a launch may start (PTX ISA 9.7.13.13, griddepcontrol). */
public sealed interface Start {
  /** Once all earlier launches of the stream have ended. */
  record Behind() implements Start {
  }

  /**
   * While earlier launches still run.
   *
   * @param settled what none of them writes; a thread may touch nothing else before it, or one it has met since, has waited for
   *     them (griddepcontrol.wait)
   */
  record Early(List<Grid.Range> settled) implements Start {
    public Early {
      settled = List.copyOf(settled);
    }
  }
}
