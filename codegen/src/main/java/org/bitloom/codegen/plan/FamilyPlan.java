package org.bitloom.codegen.plan;

import java.util.List;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.IntegerIr;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.SignGroups;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantWgmmaSchedule;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.IntegerMmaSpace;
import org.bitloom.runtime.api.IntegerWgmmaSpace;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.SignSpace;

/** What is decided about one of the kernel families that can run a kernel. */
public sealed interface FamilyPlan {
  /** The family's name, as its schedules spell it. */
  String family();

  /** The schedules that the kernel may run with. */
  ScheduleSpace space();

  private static String lines(FamilyPlan plan, String decided) {
    return "family    %s\n%sspace     %s\n".formatted(plan.family(), decided, plan.space());
  }

  /** Decodes weights of up to 8 bits into f16 or bf16 fragments for mma.sync; batch 1 to 64, sm_80 and newer. */
  record DequantMma(Decode decode, ActivationForm form, List<PlaneUse> planes, DequantMmaSpace space)
      implements
        FamilyPlan {
    public DequantMma {
      planes = List.copyOf(planes);
    }

    @Override
    public String family() {
      return DequantMmaSchedule.FAMILY;
    }

    @Override
    public String toString() {
      return lines(this, """
          operands  %s, x %s
          decode    %s
          planes    %s
          """.formatted(form.operand(), form, decode, planes));
    }
  }

  /**
   * Decodes the same weights for wgmma; batch 16 and more, sm_90a.
   *
   * @param lift decoded weights are multiplied by 2^lift, so that products are normal f32 numbers; 0 for none
   * @param apply how accumulators become totals
   */
  record DequantWgmma(Decode decode, int lift, List<PlaneUse> planes, Stage.ApplyParams apply, DequantWgmmaSpace space)
      implements
        FamilyPlan {
    public DequantWgmma {
      planes = List.copyOf(planes);
    }

    @Override
    public String family() {
      return DequantWgmmaSchedule.FAMILY;
    }

    @Override
    public String toString() {
      return lines(this, """
          operands  %s, weights * 2^%s
          decode    %s
          planes    %s
          """.formatted(decode.register(), lift, decode, planes));
    }
  }

  /** Multiplies by the signs of binary-coded weights, or by weights put together of them; sm_80 and newer. */
  record Signs(SignGroups groups, int offsets, SignSpace space) implements FamilyPlan {
    @Override
    public String family() {
      return space.family().title();
    }

    @Override
    public String toString() {
      return lines(this, groups.describe(offsets));
    }
  }

  /** Looks binary-coded weights up for wgmma; sm_90a. */
  record SignsWgmma(SignGroups groups, int offsets, DequantWgmmaSpace space) implements FamilyPlan {
    @Override
    public String family() {
      return DequantWgmmaSchedule.FAMILY;
    }

    @Override
    public String toString() {
      return lines(this, groups.describe(offsets));
    }
  }

  /**
   * Multiplies quantized activations exactly, as bit planes or as bytes; batch 1 to 64, sm_80 and newer (planes: to sm_90).
   *
   * @param code how activations are quantized
   * @param form what is multiplied
   * @param run the order of features, as {@link org.bitloom.runtime.api.ActivationQuantizer} says
   * @param weights what a stored weight stands for
   */
  record IntegerMma(ActivationCode code, OperandForm form, int run, IntegerIr.Line weights, List<PlaneUse> planes,
      IntegerMmaSpace space) implements FamilyPlan {
    public IntegerMma {
      planes = List.copyOf(planes);
    }

    @Override
    public String family() {
      return space.family();
    }

    @Override
    public String toString() {
      return lines(this, """
          operands  %s, x %s
          weights   %s * operand + %s
          planes    %s
          """.formatted(form, code.spelling(), weights.step(), weights.low(), planes));
    }
  }

  /**
   * Multiplies quantized activations exactly in warpgroups, as bit planes or as bytes; weights with one scale for each row;
   * batch 32 and more, sm_90a.
   *
   * @param code how activations are quantized
   * @param form what is multiplied
   * @param run the order of features, as {@link org.bitloom.runtime.api.ActivationQuantizer} says
   * @param weights what a stored weight stands for
   * @param scale type of the scales of rows
   */
  record IntegerWgmma(ActivationCode code, OperandForm form, int run, IntegerIr.Line weights, ParamType.Float scale,
      IntegerWgmmaSpace space) implements FamilyPlan {
    @Override
    public String family() {
      return space.family();
    }

    @Override
    public String toString() {
      return lines(this, """
          operands  %s, x %s
          weights   %s * operand + %s
          scale     %s per row
          """.formatted(form, code.spelling(), weights.step(), weights.low(), scale));
    }
  }
}
