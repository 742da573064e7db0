package org.bitloom.codegen.family;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.codegen.ir.Correction;
import org.bitloom.codegen.ir.IntegerIr.Line;
import org.bitloom.codegen.ir.IntegerIr.WeightOperand;
import org.bitloom.codegen.ir.IntegerStage;
import org.bitloom.codegen.ir.IntegerWgmmaIr;
import org.bitloom.codegen.layout.ByteFragments;
import org.bitloom.codegen.plan.FamilyPlan;
import org.bitloom.codegen.plan.KernelPlan;
import org.bitloom.codegen.target.WarpgroupAtom;

/**
 * The families for quantized activations on Hopper, in tiles of 16 to 256 batch columns: weights are the register operand of wgmma,
 * activations lie in swizzled shared memory. plane-wgmma multiplies bit planes with AND and population count, at eight times
 * the rate of bytes; byte-wgmma bytes (AP-LLM; docs/formats.md, "Integer activations").
 */
public final class IntegerWgmma {
  private IntegerWgmma() {
  }

  /** The stages of {@code plan} in this family. */
  public static IntegerWgmmaIr lower(KernelPlan plan, FamilyPlan.IntegerWgmma own) {
    int bits = plan.layout().bits();
    List<IntegerStage> stages = new ArrayList<>();
    switch (own.form()) {
      case PLANES -> {
        stages.add(new IntegerStage.StreamWeightPlanes(bits));
        stages.add(new IntegerStage.StreamTiles(own.code().bits(), IntegerStage.StreamTiles.PLANES));
        stages.add(new IntegerStage.MultiplyPlanes(WarpgroupAtom.B1_AND, bits, own.code().bits()));
      }
      case BYTES -> {
        stages.add(new IntegerStage.StreamWeightCodes(bits, plan.layout().unitK()));
        stages.add(new IntegerStage.StreamTiles(1, IntegerStage.StreamTiles.BYTES));
        stages.add(new IntegerStage.AssembleBytes(plan.layout().isPlanes()
            ? new WeightOperand.BytesOfPlanes(ByteFragments.ofPlanes(bits))
            : new WeightOperand.BytesOfCodes(ByteFragments.ofCodes(plan.layout()))));
        stages.add(
            new IntegerStage.MultiplyBytes(own.code().isValue(own.form()) ? WarpgroupAtom.U8S8 : WarpgroupAtom.U8));
      }
    }
    Line activations = new Line(own.code().step(own.form()), own.code().low(own.form()));
    stages.add(new IntegerStage.Correct(new Correction(own.weights(), activations), own.scale()));
    stages.add(new IntegerStage.StoreColumns(plan.y(), plan.kernel().epilogue()));
    return new IntegerWgmmaIr(plan.kernel().name(), stages);
  }
}
