package org.bitloom.codegen.plan;

import java.util.List;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.ScheduleSpace;

/** Everything decided about one kernel before text is made of it. */
public record KernelPlan(KernelSpec kernel, Family family, FormatInfo format, WeightLayout layout, Decode decode,
    ActivationForm form, ActivationType x, ActivationType y, List<PlaneUse> planes, ScheduleSpace space) {
  public KernelPlan {
    planes = List.copyOf(planes);
  }

  @Override
  public String toString() {
    return """
        kernel    %s
        family    %s
        format    %s, %d bits a code
        layout    %s, %d k a unit
        operands  %s, x %s
        decode    %s
        planes    %s
        space     %s
        """.formatted(kernel.name(), family.title(), format.name(), format.codeBits(), layout.info().id(),
        layout.info().unitK(), form.operand(), form, decode, planes, space);
  }
}
