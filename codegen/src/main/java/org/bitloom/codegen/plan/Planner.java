package org.bitloom.codegen.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.bitloom.codegen.ir.ActivationForm;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.PlanResult.Planned;
import org.bitloom.codegen.plan.PlanResult.Unsupported;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Bounds;
import org.bitloom.runtime.api.DequantMmaSpace;
import org.bitloom.runtime.api.DequantMmaSpace.GroupPlane;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.ScheduleSpace;

/** Decides family, operand form, layout and schedule space of a kernel; says where and why where nothing can run it. */
public final class Planner {
  private static final int FRAGMENT_K = 16;
  /** The flag of split-K, padded to the alignment of the pipeline's rings. */
  private static final int STATIC_SMEM = 128;

  private static final int TYPICAL = 4096;
  /** Has the most shared memory that there is. */
  private static final DeviceLimits LARGEST_GPU = DeviceLimits.H100;

  private Planner() {
  }

  /** The plan of one kernel. */
  public static PlanResult plan(KernelSpec kernel, FormatInfo format) {
    Optional<ActivationCode> code = IntegerPlanner.code(kernel.x());
    if (code.isPresent()) {
      return new IntegerPlanner(kernel, format, code.get(), planes(format)).plan();
    }
    Optional<Unsupported> refusal = refusal(kernel, format);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Codec codec = kernel.weights().codec();
    if (codec instanceof BinaryCodec) {
      return SignPlanner.plan(kernel, format, activation(kernel.x()).orElseThrow());
    }
    ActivationType x = activation(kernel.x()).orElseThrow();
    WeightLayout layout = WeightLayout.of(codec);
    Decode decode = Decode.of(codec, x, layout);
    ActivationForm form = form(x, decode);
    List<PlaneUse> planes = planes(format);
    Ranges ranges = Ranges.of(kernel);
    DequantMmaSpace space = space(ranges, layout, decode, form, planes);
    Optional<String> empty = empty(space, space.tileM());
    if (empty.isPresent()) {
      return new Unsupported(kernel.span(), empty.get());
    }
    List<FamilyPlan> families = new ArrayList<>();
    families.add(new FamilyPlan.DequantMma(decode, form, planes, space));
    WarpgroupPlanner.plan(ranges, x, layout, decode, planes).ifPresent(families::add);
    return new Planned(new KernelPlan(kernel, format, layout, x, activation(kernel.y()).orElseThrow(), families));
  }

  /** Why no schedule lies in the declared ranges, for the smallest or for the largest batch, even on a large GPU. */
  static Optional<String> empty(ScheduleSpace space, Bounds tileM) {
    for (int m : new int[]{1, Math.max(1, tileM.high())}) {
      Problem problem = new Problem(TYPICAL, TYPICAL, m);
      if (space.candidates(problem, LARGEST_GPU).isEmpty()) {
        return Optional.of("no schedule lies in the ranges of this kernel; most of those that could be tried have "
            + space.rejected(problem, LARGEST_GPU).stream()
                .collect(Collectors.groupingBy(RejectedSchedule::reason, TreeMap::new, Collectors.counting()))
                .entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("no reason"));
      }
    }
    return Optional.empty();
  }

  /** Why no kernel family can run weights of {@code format}, whatever the kernel; nothing where one can. */
  public static Optional<String> unsupported(FormatSpec format) {
    return format.codec() instanceof BinaryCodec
        ? SignPlanner.unsupported(FormatInfos.of(format, format.name()))
        : Decode.unsupported(format.codec());
  }

  private static Optional<Unsupported> refusal(KernelSpec kernel, FormatInfo format) {
    if (activation(kernel.x()).isEmpty()) {
      return refuse(kernel, "no kernel family multiplies " + kernel.x().spelling() + " activations");
    }
    if (activation(kernel.y()).isEmpty() || !kernel.y().equals(kernel.x())) {
      return refuse(kernel, "y must have the type of x (" + kernel.x().spelling() + "), not " + kernel.y().spelling());
    }
    Optional<String> unsupported = unsupported(kernel.weights());
    if (unsupported.isPresent()) {
      return refuse(kernel, "no kernel family runs " + kernel.weights().name() + " yet: " + unsupported.get());
    }
    for (ParamPlane plane : format.planes()) {
      if (plane.grouping() instanceof Grouping.Group group && group.size() % FRAGMENT_K != 0) {
        return refuse(kernel, "groups along k are multiples of " + FRAGMENT_K + ", the k of one MMA; " + format.name()
            + " has groups of " + group.size());
      }
    }
    if (kernel.tileM().high() < 8 || kernel.tileN().high() < FRAGMENT_K) {
      return refuse(kernel, "tiles hold at least 8 batch columns (m) and 16 rows (n)");
    }
    return Optional.empty();
  }

  static Optional<Unsupported> refuse(KernelSpec kernel, String reason) {
    return Optional.of(new Unsupported(kernel.span(), reason));
  }

  static Optional<ActivationType> activation(NumberType type) {
    if (type == NumberType.Float.F16) {
      return Optional.of(ActivationType.F16);
    }
    return type == NumberType.Float.BF16 ? Optional.of(ActivationType.BF16) : Optional.empty();
  }

  private static ActivationForm form(ActivationType x, Decode decode) {
    return switch (decode.register()) {
      case F16 -> ActivationForm.F16;
      case BF16 -> x == ActivationType.BF16 ? ActivationForm.BF16 : ActivationForm.F16_AS_TWO_BF16;
    };
  }

  private static List<PlaneUse> planes(FormatInfo format) {
    List<PlaneUse> planes = new ArrayList<>();
    for (ParamPlane plane : format.planes()) {
      planes.add(new PlaneUse(switch (plane.role()) {
        case SCALE -> planes.isEmpty() ? "scale" : "outer_scale";
        case ZERO -> "zero";
        case OFFSET -> "offset";
      }, plane));
    }
    return planes;
  }

  /** What of {@code planes} changes along k, as schedule spaces count it. */
  static List<GroupPlane> grouped(List<PlaneUse> planes) {
    return planes.stream().filter(PlaneUse::grouped).map(use -> new GroupPlane(use.groupSize(), use.groupBytes()))
        .toList();
  }

  private static DequantMmaSpace space(Ranges ranges, WeightLayout layout, Decode decode, ActivationForm form,
      List<PlaneUse> planes) {
    Stage.ApplyParams apply = Stage.ApplyParams.of(decode, form, planes);
    return new DequantMmaSpace(layout.bits(), layout.unitK(), grouped(planes), STATIC_SMEM + decode.tableBytes(),
        2 * form.parts(), apply.grouped() ? 2 : 1, apply.needsSum() ? 1 : 0, ranges.m(), ranges.n(), ranges.k(),
        ranges.stages(), ranges.splitK());
  }
}
