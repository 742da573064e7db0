package org.bitloom.runtime.api;

import java.util.Optional;

/**
 * One way to run a kernel: the text that one kernel family makes of it, and the schedules that fit the text.
 *
 * @param family the kernel family's name, as in {@link Schedule#family()}
 * @param cuda self-contained CUDA text; tile sizes come as macros from {@link Schedule#defines()}
 * @param order who keeps a launch behind earlier work of its stream, on GPUs that let kernels do it (sm_90 and newer)
 * @param space the schedules it may run with
 * @param quantizer what makes the kernel's x of the activations; nothing where the kernel reads them as they are
 */
public record KernelVariant(String family, String cuda, StreamOrder order, ScheduleSpace space,
    Optional<ActivationQuantizer> quantizer) {
  private static final String PLANES = "#define PLANES ";

  /** A kernel that reads activations as they are. */
  public KernelVariant(String family, String cuda, StreamOrder order, ScheduleSpace space) {
    this(family, cuda, order, space, Optional.empty());
  }

  /** The same kernel on the first {@code used} of the sign planes that it reads: the text takes their number as a macro. */
  KernelVariant withPlanes(SignPlanes used) {
    String text = cuda.startsWith(PLANES) ? cuda.substring(cuda.indexOf('\n') + 1) : cuda;
    return new KernelVariant(family, PLANES + used.count() + "\n" + text, order, space.withPlanes(used), quantizer);
  }
}
