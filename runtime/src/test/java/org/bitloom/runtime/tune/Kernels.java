package org.bitloom.runtime.tune;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.DequantMmaSchedule;
import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.ScheduleSpace;
import org.bitloom.runtime.api.StreamOrder;

/** Kernels that are looked up but never run. */
final class Kernels {
  private Kernels() {
  }

  static KernelUnit unit(String entry, String cuda) {
    FormatInfo format = new FormatInfo("test2", "format test2 { element int 2 }", 2, DecodeTable.of(0, 1, -2, -1),
        List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row())));
    return new KernelUnit(entry, format, new LayoutInfo(128, "test"), ActivationType.F16, ActivationType.F16, List.of(),
        List.of(new KernelVariant(DequantMmaSchedule.FAMILY, cuda, StreamOrder.LAUNCH, new Space())));
  }

  /** Up to 8 stages; deeper pipelines and splits of k are thought to be a little slower. */
  private record Space() implements ScheduleSpace {
    @Override
    public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
      return IntStream.rangeClosed(2, 8).boxed()
          .flatMap(stages -> IntStream.of(1, 2, 4).mapToObj(
              split -> (Schedule) new DequantMmaSchedule(1, 4, 1, Math.ceilDiv(problem.m(), 8), 1, stages, split, 1)))
          .toList();
    }

    @Override
    public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
      int stages = schedule.numbers().get(5);
      return stages > 8 ? Optional.of(stages + " stages do not fit") : Optional.empty();
    }

    @Override
    public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
      int split = schedule.numbers().get(6);
      return 1 + 0.02 * schedule.numbers().get(5) + (split == 2 ? 0 : 0.002 * split);
    }

    @Override
    public Schedule firstChoice(Problem problem, DeviceLimits limits) {
      return new DequantMmaSchedule(1, 4, 1, Math.ceilDiv(problem.m(), 8), 1, 2, 2, 1);
    }

    @Override
    public LaunchShape launch(Schedule schedule, Problem problem) {
      throw new UnsupportedOperationException("never launched");
    }
  }
}
