package org.bitloom.runtime.api;

/**
 * One generated kernel text and what is needed to compile and launch it. Its single entry takes, in this order:
 * codes, scale, tensor scale, zero, offset, bias, x, y, partial sums, counters (pointers, 0 where absent), n, k, m (s32).
 *
 * @param entry name of the {@code extern "C"} kernel
 * @param family the kernel family's name, for people
 * @param cuda self-contained CUDA text; tile sizes come as macros from {@link Schedule#defines()}
 * @param bias whether the kernel adds a bias vector of n numbers of y's type
 * @param space the schedules it may run with
 */
public record KernelUnit(String entry, String family, String cuda, FormatInfo format, LayoutInfo layout,
    ActivationType x, ActivationType y, Bias bias, ScheduleSpace space) {
  /** Whether a kernel takes a bias. */
  public enum Bias {
    NONE, PER_ROW
  }
}
