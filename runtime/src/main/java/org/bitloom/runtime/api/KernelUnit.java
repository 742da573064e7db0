package org.bitloom.runtime.api;

import java.util.List;

/**
 * One generated kernel text and what is needed to compile and launch it. Its single entry takes, in this order:
 * codes, scale, outer scale, zero, offset, bias, x, y, partial sums, counters (pointers, 0 where absent), n, k, m (s32).
 *
 * @param entry name of the {@code extern "C"} kernel
 * @param family the kernel family's name, for people
 * @param cuda self-contained CUDA text; tile sizes come as macros from {@link Schedule#defines()}
 * @param epilogue what the kernel does to a sum before it stores it, in this order
 * @param space the schedules it may run with
 */
public record KernelUnit(String entry, String family, String cuda, FormatInfo format, LayoutInfo layout,
    ActivationType x, ActivationType y, List<EpilogueOp> epilogue, ScheduleSpace space) {
  public KernelUnit {
    epilogue = List.copyOf(epilogue);
  }

  /** Whether a launch needs a bias vector of n numbers of y's type. */
  public boolean takesBias() {
    return epilogue.contains(EpilogueOp.BIAS);
  }
}
