package org.bitloom.codegen.plan;

import java.util.List;
import java.util.stream.Collectors;

import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.FormatInfo;

/**
 * Everything decided about one kernel before text is made of it.
 *
 * @param layout where the bits of a weight lie; all families read the same packed bytes
 * @param families those that can run the kernel, at least one
 */
public record KernelPlan(KernelSpec kernel, FormatInfo format, WeightLayout layout, ActivationType x, ActivationType y,
    List<FamilyPlan> families) {
  public KernelPlan {
    families = List.copyOf(families);
    if (families.isEmpty()) {
      throw new IllegalArgumentException(kernel.name() + " has no family");
    }
  }

  @Override
  public String toString() {
    return """
        kernel    %s
        format    %s, %s bits a code
        layout    %s, %s k a unit
        """.formatted(kernel.name(), format.name(), format.codeBits(), layout.info().id(), layout.info().unitK())
        + families.stream().map(FamilyPlan::toString).collect(Collectors.joining());
  }
}
