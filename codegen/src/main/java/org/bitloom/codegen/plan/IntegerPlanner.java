package org.bitloom.codegen.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.IntegerIr.Line;
import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.layout.PlaneLayout;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.PlanResult.Planned;
import org.bitloom.codegen.plan.PlanResult.Unsupported;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.KernelSpec;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationCode.Encoding;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.IntegerMmaSchedule;
import org.bitloom.runtime.api.IntegerMmaSpace;
import org.bitloom.runtime.api.IntegerWgmmaSchedule;
import org.bitloom.runtime.api.IntegerWgmmaSpace;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;

/** Decides which families run a kernel of quantized activations, and how; says where and why where nothing can. */
final class IntegerPlanner {
  private static final int CHUNK_BITS = 128;
  private static final int CHUNK_BYTES = 16;
  /** Features of the steps that unpack bytes of planes together, and of an MMA step on bytes. */
  private static final int PLANES_K = 128;
  private static final int STEP_K = 32;

  private final KernelSpec kernel;
  private final Ranges ranges;
  private final FormatInfo format;
  private final ActivationCode code;
  private final List<PlaneUse> planes;

  IntegerPlanner(KernelSpec kernel, FormatInfo format, ActivationCode code, List<PlaneUse> planes) {
    this.kernel = kernel;
    this.ranges = Ranges.of(kernel);
    this.format = format;
    this.code = code;
    this.planes = List.copyOf(planes);
  }

  /** The code of integer activations. */
  static Optional<ActivationCode> code(NumberType x) {
    return switch (x) {
      case NumberType.Int i -> Optional.of(new ActivationCode(Encoding.INT, i.bits()));
      case NumberType.Bipolar b -> Optional.of(new ActivationCode(Encoding.BIPOLAR, b.bits()));
      case NumberType.Uint _,NumberType.Float _ -> Optional.empty();
    };
  }

  PlanResult plan() {
    Optional<Line> weights = line(kernel.weights().codec());
    if (weights.isEmpty()) {
      return refuse(kernel.x().spelling() + " activations multiply int, uint, bipolar and ternary weights; "
          + format.name() + " has other ones");
    }
    WeightLayout layout = WeightLayout.of(kernel.weights().codec());
    if (!layout.isPlanes() && !code.isValue(OperandForm.BYTES)) {
      return refuse(
          "values of " + kernel.x().spelling() + " do not fit signed bytes, which weights that are no bit planes "
              + "need; bipolar weights, or fewer bits, work");
    }
    int granule = layout.isPlanes() ? PLANES_K : STEP_K;
    for (PlaneUse use : planes) {
      if (use.grouped() && use.groupSize() % granule != 0) {
        return refuse(
            "groups along k are multiples of " + granule + " where activations are quantized; " + format.name()
                + " has groups of " + use.groupSize());
      }
    }
    boolean grouped = planes.stream().anyMatch(PlaneUse::grouped);
    if (grouped && !code.isValue(OperandForm.BYTES)) {
      return refuse("values of " + kernel.x().spelling() + " do not fit signed bytes, which scales of groups need; "
          + "weights with a scale per row, or fewer bits, work");
    }
    boolean exact = planes.stream().allMatch(use -> use.plane().role() == Role.SCALE);
    List<FamilyPlan> families = new ArrayList<>();
    if (layout.isPlanes() && !grouped && exact) {
      families.add(family(layout, OperandForm.PLANES, weights.get()));
    }
    families.add(family(layout, OperandForm.BYTES, weights.get()));
    rowScale().ifPresent(scale -> {
      if (layout.isPlanes()) {
        families.add(warpgroups(layout, OperandForm.PLANES, weights.get(), scale));
      }
      families.add(warpgroups(layout, OperandForm.BYTES, weights.get(), scale));
    });
    for (FamilyPlan family : List.copyOf(families)) {
      Optional<String> empty = Planner.empty(family.space(), ranges.m());
      if (empty.isPresent()) {
        families.remove(family);
        if (families.isEmpty()) {
          return refuse(empty.get());
        }
      }
    }
    return new Planned(new KernelPlan(kernel, format, layout, Planner.activation(kernel.y()).orElseThrow(),
        Planner.activation(kernel.y()).orElseThrow(), families));
  }

  private FamilyPlan.IntegerMma family(WeightLayout layout, OperandForm form, Line weights) {
    boolean grouped = planes.stream().anyMatch(PlaneUse::grouped);
    boolean bits = form == OperandForm.PLANES;
    return new FamilyPlan.IntegerMma(code, form, run(layout), weights, planes,
        new IntegerMmaSpace(bits ? IntegerMmaSchedule.PLANES : IntegerMmaSchedule.BYTES, format.codeBits(),
            layout.unitK(), bits ? format.codeBits() : 1, bits ? code.bits() : 1,
            layout.unitK() / (bits ? CHUNK_BITS : CHUNK_BYTES),
            grouped ? IntegerMmaSpace.Sums.SCALED : IntegerMmaSpace.Sums.INTEGER, ranges.m(),
            ranges.n(), ranges.k(), ranges.stages(),
            ranges.splitK()));
  }

  private static int run(WeightLayout layout) {
    return layout.isPlanes() ? ActivationQuantizer.PLANES_RUN : ActivationQuantizer.CODES_RUN;
  }

  /** The type of the only parameters, if those are one scale for each row. */
  private Optional<ParamType.Float> rowScale() {
    return planes.size() == 1
        && planes.getFirst().plane() instanceof ParamPlane(Role role, ParamType type, Grouping grouping)
        && role == Role.SCALE && grouping instanceof Grouping.Row && type instanceof ParamType.Float scale
            ? Optional.of(scale)
            : Optional.empty();
  }

  private FamilyPlan.IntegerWgmma warpgroups(WeightLayout layout, OperandForm form, Line weights,
      ParamType.Float scale) {
    boolean bits = form == OperandForm.PLANES;
    return new FamilyPlan.IntegerWgmma(code, form, run(layout), weights, scale,
        new IntegerWgmmaSpace(bits ? IntegerWgmmaSchedule.PLANES : IntegerWgmmaSchedule.BYTES, format.codeBits(),
            bits ? code.bits() : 1, ranges.m(), ranges.n(),
            ranges.k(), ranges.stages(), ranges.splitK()));
  }

  /** What a stored field of {@code codec} stands for. */
  private static Optional<Line> line(Codec codec) {
    return switch (codec) {
      case Codec.IntCodec(int bits) -> Optional.of(new Line(1, -(1 << (bits - 1))));
      case Codec.UintCodec _ -> Optional.of(new Line(1, 0));
      case Codec.BipolarCodec(int bits) -> Optional.of(new Line(2, 1 - (1 << bits)));
      case Codec.TernaryCodec _ -> Optional.of(new Line(1, -1));
      case Codec.FloatCodec _,Codec.CodebookCodec _,Codec.BinaryCodec _ -> Optional.empty();
    };
  }

  private Unsupported refuse(String reason) {
    return new Unsupported(kernel.span(), reason);
  }
}
