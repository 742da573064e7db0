package org.bitloom.job;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.WeightFormat;

/** Which kernels of a format are measured and tuned: those without an epilogue. */
final class PlainKernels {
  private PlainKernels() {
  }

  /**
   * The kernels of {@code format} that take activations of {@code type}.
   *
   * @param named those whose names match; without it the one that multiplies activations as they are, and of a format that has
   *     none all that quantize them
   */
  static List<KernelUnit> of(WeightFormat format, ActivationType type, Optional<Pattern> named) {
    List<KernelUnit> plain = format.kernels().stream()
        .filter(unit -> unit.x() == type && unit.epilogue().isEmpty()).toList();
    if (named.isPresent()) {
      return plain.stream().filter(unit -> named.get().matcher(unit.entry()).find()).toList();
    }
    List<KernelUnit> direct = plain.stream().filter(unit -> unit.code().isEmpty()).limit(1).toList();
    return direct.isEmpty() ? plain : direct;
  }

  /** What {@code kernel} reads of weights packed as {@code packed} says. */
  static long bytes(KernelUnit kernel, PackedShape packed) {
    return kernel.signPlanes().map(packed::payloadBytes).orElseGet(packed::payloadBytes);
  }

  /**
   * The kernel's format; of a kernel that quantizes activations with their code, as in {@code w2_bipolar x bipolar 2}, of one
   * that reads some of the sign planes with their number, as in {@code bcq4_g128 p=2}.
   */
  static String label(KernelUnit kernel) {
    return kernel.label(kernel.format().name()) + kernel.code().map(code -> " x " + code.spelling()).orElse("");
  }
}
