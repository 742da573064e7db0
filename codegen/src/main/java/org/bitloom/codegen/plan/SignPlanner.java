package org.bitloom.codegen.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.SignGroups;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.PlanResult.Planned;
import org.bitloom.codegen.plan.PlanResult.Unsupported;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.SignSpace;

/** Plans kernels of binary-coded weights: every family whose schedules fit the declared ranges. */
final class SignPlanner {
  private SignPlanner() {
  }

  static PlanResult plan(KernelSpec kernel, FormatInfo format, ActivationType x) {
    SignGroups groups = SignGroups.of(format.planes().getFirst().grouping()).orElseThrow();
    WeightLayout layout = WeightLayout.of(kernel.weights().codec());
    int offsets = format.planes().size() - layout.planes();
    Ranges ranges = Ranges.of(kernel);
    List<FamilyPlan> families = new ArrayList<>();
    Optional<String> reason = Optional.empty();
    for (SignFamily family : SignFamily.values()) {
      boolean halves = family == SignFamily.SIGN_MMA;
      if (halves && x != ActivationType.F16 && !groups.looksUp()) {
        continue;
      }
      SignSpace space = new SignSpace(family, layout.planes(), layout.planes() + offsets, groups.perUnit(), ranges.m(),
          ranges.n(),
          ranges.k(), ranges.stages(), ranges.splitK());
      // Small and large batches are not for every family, but one must run them.
      Optional<String> empty = (halves || family == SignFamily.BIT_MMA) && !families.isEmpty()
          ? Optional.empty()
          : Planner.empty(space, ranges.m());
      if (empty.isEmpty()) {
        families.add(new FamilyPlan.Signs(groups, offsets, space));
      } else {
        reason = reason.or(() -> empty);
      }
    }
    WarpgroupPlanner.plan(ranges, layout, groups, offsets).ifPresent(families::add);
    return families.isEmpty()
        ? new Unsupported(kernel.span(), reason.orElseThrow())
        : new Planned(new KernelPlan(kernel, format, layout, x, x, families));
  }

  /** Why no family reads the parameters of {@code format}. */
  static Optional<String> unsupported(FormatInfo format) {
    ParamPlane first = format.planes().getFirst();
    for (ParamPlane plane : format.planes()) {
      if (plane.type() != ParamType.Float.F16) {
        return Optional.of("kernels for binary-coded weights read scales and offsets of f16");
      }
      if (!plane.grouping().equals(first.grouping())) {
        return Optional.of("the offset of binary-coded weights changes where their scales do");
      }
    }
    return SignGroups.of(first.grouping()).isPresent()
        ? Optional.empty()
        : Optional.of("groups of binary-coded weights have 64, 128 or a multiple of " + SignSpace.UNIT_K + " features");
  }
}
