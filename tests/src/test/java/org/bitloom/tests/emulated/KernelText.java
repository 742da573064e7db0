package org.bitloom.tests.emulated;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;

/**
 * One of the texts of a declared kernel.
 *
 * @param kernel which of {@link Faults#DECLARATIONS} it is
 * @param family the kernel family whose text it is
 */
record KernelText(String kernel, String family, Part part) {
  /** What the text does. */
  enum Part {
    /** Multiplies. */
    PRODUCT,
    /** Quantizes the activations of the product. */
    QUANTIZER
  }

  /** The text of a product. */
  static KernelText of(String kernel, String family) {
    return new KernelText(kernel, family, Part.PRODUCT);
  }

  /** The quantizer of activations in front of a product. */
  static KernelText quantizer(String kernel, String family) {
    return new KernelText(kernel, family, Part.QUANTIZER);
  }

  /** {@code unit} in this family alone, with this text changed. */
  KernelUnit change(KernelUnit unit, UnaryOperator<String> edit) {
    KernelVariant variant = unit.variants().stream().filter(v -> v.family().equals(family)).findFirst().orElseThrow();
    KernelVariant changed = switch (part) {
      case PRODUCT -> new KernelVariant(family, edit.apply(variant.cuda()), variant.order(), variant.space(),
          variant.quantizer());
      case QUANTIZER -> {
        ActivationQuantizer q = variant.quantizer().orElseThrow();
        yield new KernelVariant(family, variant.cuda(), variant.order(), variant.space(), Optional.of(
            new ActivationQuantizer(q.entry(), edit.apply(q.cuda()), q.code(), q.form(), q.run(), q.x())));
      }
    };
    return new KernelUnit(unit.entry(), unit.format(), unit.layout(), unit.x(), unit.y(), unit.epilogue(),
        List.of(changed));
  }

  @Override
  public String toString() {
    return switch (part) {
      case PRODUCT -> "`" + kernel + "`, " + family;
      case QUANTIZER -> "`" + kernel + "`, quantizer of " + family;
    };
  }
}
