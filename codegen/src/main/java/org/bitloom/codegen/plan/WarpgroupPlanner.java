package org.bitloom.codegen.plan;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.codegen.ir.SignGroups;
import org.bitloom.codegen.ir.Stage;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DequantMmaSpace.GroupPlane;
import org.bitloom.runtime.api.DequantWgmmaSpace;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.Problem;

/**
 * Plans the dequant-wgmma family: for every decode whose operands are of the activations' type, and for binary-coded weights whose
 * levels are looked up.
 */
final class WarpgroupPlanner {
  private static final int TYPICAL = 8192;
  /** bf16 weights are placed without re-biasing their exponents; a product with 2^64 is among the normal f32 numbers. */
  private static final int BF16_LIFT = 64;

  /** Rings start behind tables, at a multiple of an atom of swizzled rows. */
  private static final int RING_ALIGNMENT = 1024;

  private WarpgroupPlanner() {
  }

  /** The plan, where activations of type {@code x} can be the other operand and the declared ranges hold a schedule. */
  static Optional<FamilyPlan> plan(Ranges ranges, ActivationType x, WeightLayout layout, Decode decode,
      List<PlaneUse> planes) {
    if (decode.register() != x) {
      return Optional.empty();
    }
    int lift = decode.register() == ActivationType.BF16 && !(decode instanceof Decode.Lookup) ? BF16_LIFT : 0;
    Optional<PlaneUse> zero = Stage.Unpack.zero(decode, planes);
    Stage.ApplyParams apply = new Stage.ApplyParams(
        planes.stream().filter(use -> !zero.equals(Optional.of(use))).toList(), Math.scalb(decode.factor(), -lift), 1);
    DequantWgmmaSpace space = new DequantWgmmaSpace(layout.bits(), layout.unitK(), false, Planner.grouped(planes),
        Math.ceilDiv(decode.tableBytes(), RING_ALIGNMENT) * RING_ALIGNMENT,
        apply.grouped() ? 1 : 0, apply.needsSum() ? 1 : 0, ranges.m(), ranges.n(), ranges.k(), ranges.stages(),
        ranges.splitK());
    return runs(space)
        ? Optional.of(new FamilyPlan.DequantWgmma(decode, lift, planes, apply, space))
        : Optional.empty();
  }

  /** The plan for binary-coded weights with so many planes of offsets. */
  static Optional<FamilyPlan> plan(Ranges ranges, WeightLayout layout, SignGroups groups, int offsets) {
    if (!groups.looksUp()) {
      return Optional.empty();
    }
    GroupPlane plane = new GroupPlane(layout.unitK() / groups.perUnit(), LayoutInfo.TILE_ROWS * Short.BYTES);
    DequantWgmmaSpace space = new DequantWgmmaSpace(layout.planes(), layout.unitK(), true,
        Collections.nCopies(layout.planes() + offsets, plane), 0, 0, 0, ranges.m(), ranges.n(), ranges.k(),
        ranges.stages(), ranges.splitK());
    return runs(space) ? Optional.of(new FamilyPlan.SignsWgmma(groups, offsets, space)) : Optional.empty();
  }

  private static boolean runs(DequantWgmmaSpace space) {
    Problem largest = new Problem(TYPICAL, TYPICAL, space.tileM().high());
    return !space.candidates(largest, DeviceLimits.H100).isEmpty();
  }
}
