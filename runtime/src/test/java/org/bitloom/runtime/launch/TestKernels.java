package org.bitloom.runtime.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.EpilogueOp;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.OperandForm;
import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightFormat;

/** A format with every kind of plane, and schedules whose launches show which problem they were made for. */
public final class TestKernels {
  public static final LayoutInfo LAYOUT = new LayoutInfo(128, "test");
  public static final ParamPlane GROUP_SCALE = new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.E4M3,
      new Grouping.Group(16));
  public static final ParamPlane TENSOR_SCALE = new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F32,
      new Grouping.Tensor());
  public static final ParamPlane ZERO = new ParamPlane(ParamPlane.Role.ZERO,
      new ParamType.Int(4, ParamType.Int.Sign.UNSIGNED), new Grouping.Group(128));
  public static final ParamPlane OFFSET = new ParamPlane(ParamPlane.Role.OFFSET, ParamType.Float.F16,
      new Grouping.Row());

  private TestKernels() {
  }

  public static FormatInfo format(ParamPlane... planes) {
    return new FormatInfo("test2", "format test2 { element int 2 }", 2, DecodeTable.of(0, 1, -2, -1), List.of(planes));
  }

  public static KernelUnit unit(FormatInfo format, EpilogueOp... epilogue) {
    return unit("// no text: this kernel is never compiled", format, epilogue);
  }

  public static KernelUnit unit(String cuda, FormatInfo format, EpilogueOp... epilogue) {
    return new KernelUnit("linear_test", format, LAYOUT, ActivationType.F16, ActivationType.F16, List.of(epilogue),
        List.of(new KernelVariant(DequantMmaSchedule.FAMILY, cuda, StreamOrder.LAUNCH, new TestSpace())));
  }

  /** A kernel of activations that are quantized as {@code code} says. */
  public static KernelUnit quantizing(FormatInfo format, ActivationCode code) {
    ActivationQuantizer quantizer = new ActivationQuantizer("quantize", "// no text", code, OperandForm.PLANES, 64,
        ActivationType.F16);
    return new KernelUnit("linear_test", format, LAYOUT, ActivationType.F16, ActivationType.F16, List.of(),
        List.of(new KernelVariant(DequantMmaSchedule.FAMILY, "// no text", StreamOrder.LAUNCH, new TestSpace(),
            Optional.of(quantizer))));
  }

  /** A format around a kernel; its packer is never called by devices that run kernels. */
  public static WeightFormat weightFormat(KernelUnit kernel) {
    return new WeightFormat(kernel.format(), LAYOUT, new CodePacker() {
      @Override
      public void pack(MemorySegment codes, int n, int k, MemorySegment packed, int firstTile, int endTile) {
        throw new UnsupportedOperationException("kernels read packed weights");
      }

      @Override
      public void unpack(MemorySegment packed, int n, int k, MemorySegment codes, int firstTile, int endTile) {
        throw new UnsupportedOperationException("kernels read packed weights");
      }
    }, List.of(kernel));
  }

  /** Packed weights whose bytes count up. */
  public static PackedWeights packed(FormatInfo format, int n, int k, Arena arena) {
    PackedShape shape = new PackedShape(format, LAYOUT, n, k);
    MemorySegment bytes = arena.allocate(shape.bytes(), 256);
    for (long i = 0; i < bytes.byteSize(); i++) {
      bytes.set(ValueLayout.JAVA_BYTE, i, (byte) ((i * 31) >> 3));
    }
    return new PackedWeights(shape, bytes);
  }

  /** One schedule per number of batch tiles; two slices along k. */
  private record TestSpace() implements ScheduleSpace {
    @Override
    public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
      return List.of(firstChoice(problem, limits));
    }

    @Override
    public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
      int stages = ((DequantMmaSchedule) schedule).stages();
      return stages > 8 ? Optional.of(stages + " stages do not fit") : Optional.empty();
    }

    @Override
    public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
      return 1;
    }

    @Override
    public Schedule firstChoice(Problem problem, DeviceLimits limits) {
      return new DequantMmaSchedule(1, 4, 1, Math.ceilDiv(problem.m(), 8), 1, 2, 2, 1);
    }

    @Override
    public LaunchShape launch(Schedule any, Problem problem) {
      DequantMmaSchedule schedule = (DequantMmaSchedule) any;
      return new LaunchShape(Math.ceilDiv(problem.n(), schedule.rows()), Math.ceilDiv(problem.m(), schedule.batch()),
          schedule.splitK(), schedule.threads(), 16_384 * schedule.stages(),
          (long) schedule.splitK() * problem.n() * problem.m() * Float.BYTES, Math.ceilDiv(problem.n(), 16));
    }
  }
}
