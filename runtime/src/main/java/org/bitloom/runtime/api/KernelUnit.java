package org.bitloom.runtime.api;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One declared kernel and what is needed to compile and launch it, by any of the kernel families that can run it. The single
 * entry of each variant's text takes, in this order:
 * codes, scale, outer scale, zero, offset, bias, x, y, partial sums, counters (pointers, 0 where absent), n, k, m (s32).
 *
 * Where a variant has an {@link ActivationQuantizer}, x is what that makes of activations of type {@code x}.
 *
 * @param entry name of the {@code extern "C"} kernel
 * @param epilogue what the kernel does to a sum before it stores it, in this order
 * @param variants one for each family, at least one; all read the same packed weights
 */
public record KernelUnit(String entry, FormatInfo format, LayoutInfo layout, ActivationType x, ActivationType y,
    List<EpilogueOp> epilogue, List<KernelVariant> variants) {
  public KernelUnit {
    epilogue = List.copyOf(epilogue);
    variants = List.copyOf(variants);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException(entry + " has no variant");
    }
    if (variants.stream().map(KernelVariant::family).distinct().count() != variants.size()) {
      throw new IllegalArgumentException(entry + " has two variants of one family");
    }
    if (variants.stream().map(variant -> variant.quantizer().map(ActivationQuantizer::code)).distinct().count() != 1) {
      throw new IllegalArgumentException(entry + " has variants that quantize activations differently");
    }
  }

  /** How activations are quantized; nothing where the kernel multiplies them as they are. */
  public Optional<ActivationCode> code() {
    return variants.getFirst().quantizer().map(ActivationQuantizer::code);
  }

  /** Whether a launch needs a bias vector of n numbers of y's type. */
  public boolean takesBias() {
    return epilogue.contains(EpilogueOp.BIAS);
  }

  /**
   * This kernel on the first {@code used} sign planes of the same packed weights; the others are not read.
   *
   * @throws IllegalArgumentException if the format has no so many sign planes, or this kernel reads fewer
   */
  public KernelUnit withPlanes(SignPlanes used) {
    if (!(format.element() instanceof SignPlanes all) || used.count() > all.count()) {
      throw new IllegalArgumentException(format.name() + " has no " + used.count() + " sign planes");
    }
    return signPlanes().equals(Optional.of(used))
        ? this
        : new KernelUnit(entry, format, layout, x, y, epilogue,
            variants.stream().map(variant -> variant.withPlanes(used)).toList());
  }

  /** This kernel, and those that read fewer of its sign planes. */
  public List<KernelUnit> byPlanes() {
    return signPlanes().<List<KernelUnit>>map(all -> IntStream.iterate(all.count(), used -> used > 0, used -> used - 1)
        .mapToObj(used -> withPlanes(new SignPlanes(used))).toList()).orElseGet(() -> List.of(this));
  }

  /** The entry, and how many sign planes are read if not all are: {@code linear_bcq4_g128_f16 p=2}. */
  public String name() {
    return label(entry);
  }

  /** {@code what}, and how many sign planes are read if not all are: {@code bcq4_g128 p=2}. */
  public String label(String what) {
    return signPlanes().filter(used -> !used.equals(format.element())).map(used -> used.label(what)).orElse(what);
  }

  /** The sign planes that this kernel reads; nothing where codes are no signs. */
  public Optional<SignPlanes> signPlanes() {
    return variants.getFirst().space().signPlanes();
  }

  /** The schedules of all variants. */
  public ScheduleSpace space() {
    return new VariantSpace(variants);
  }

  /**
   * The variant that {@code schedule} belongs to.
   *
   * @throws IllegalArgumentException if it is of a family that this kernel does not have
   */
  public KernelVariant variant(Schedule schedule) {
    return new VariantSpace(variants).variant(schedule);
  }
}
