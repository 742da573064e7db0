package org.bitloom.runtime.api;

/**
 * One way to run a kernel: the text that one kernel family makes of it, and the schedules that fit the text.
 *
 * @param family the kernel family's name, as in {@link Schedule#family()}
 * @param cuda self-contained CUDA text; tile sizes come as macros from {@link Schedule#defines()}
 * @param order who keeps a launch behind earlier work of its stream, on GPUs that let kernels do it (sm_90 and newer)
 * @param space the schedules it may run with
 */
public record KernelVariant(String family, String cuda, StreamOrder order, ScheduleSpace space) {
  /** The same kernel on the first {@code used} sign planes: the text takes their number as a macro. */
  KernelVariant withPlanes(SignPlanes used) {
    if (!(space instanceof SignSpace signs)) {
      throw new IllegalArgumentException("family " + family + " reads no sign planes");
    }
    return new KernelVariant(family, "#define PLANES " + used.count() + "\n" + cuda, order, signs.withPlanes(used));
  }
}
