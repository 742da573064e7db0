package org.bitloom.tests.emulated;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.emulator.sanitize.KernelFault;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DequantWgmmaSchedule;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Schedule;
import org.bitloom.runtime.api.SignFamily;
import org.bitloom.runtime.api.Stream;

/**
 * Runs a kernel on a device and compares with float64. The device poisons y before each launch and requires all of it, and
 * nothing else, to be written; each product runs twice and must give the same bits.
 *
 * @param skew bytes by which x and y lie behind an aligned address
 */
record KernelCheck(Device device, int skew) {
  /** What sums of thousands of f32 products are off by at most, relative to results of the usual size. */
  private static final double ACCUMULATION = 0x1p-15;

  KernelCheck(Device device) {
    this(device, 0);
  }

  /** The first thing wrong with the kernel of {@code work} over all these schedules and batches, if anything is. */
  Optional<Finding> first(Workload work, List<Schedule> schedules, List<Integer> batches) {
    try (Arena arena = Arena.ofConfined();
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(work.x().byteSize());
        DeviceBuffer y = device.allocate((long) work.m() * work.n() * Short.BYTES);
        Linear linear = device.linear(work.format(), work.kernel(), work.packed(), work.bias())) {
      Run run = new Run(work, stream, x, y, linear, arena.allocate(y.bytes(), Short.BYTES));
      for (Schedule schedule : schedules) {
        for (int m : batches) {
          linear.prepare(m, schedule);
          Optional<Finding> finding = product(run, schedule, m);
          if (finding.isPresent()) {
            return finding;
          }
        }
      }
      return Optional.empty();
    }
  }

  /** The first thing wrong if batches come in the given order, each under a schedule of its own, all prepared before. */
  Optional<Finding> mixed(Workload work, Map<Integer, Schedule> schedules, List<Integer> order) {
    try (Arena arena = Arena.ofConfined();
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(work.x().byteSize());
        DeviceBuffer y = device.allocate((long) work.m() * work.n() * Short.BYTES);
        Linear linear = device.linear(work.format(), work.kernel(), work.packed(), work.bias())) {
      Run run = new Run(work, stream, x, y, linear, arena.allocate(y.bytes(), Short.BYTES));
      schedules.forEach((m, schedule) -> linear.prepare(m, schedule));
      return order.stream().flatMap(m -> product(run, schedules.get(m), m).stream()).findFirst();
    }
  }

  /** The product of a layer under the schedule that the device chooses, as bits of f16. */
  static short[] forward(Device device, Linear linear, Workload work) {
    int m = work.m();
    try (Arena arena = Arena.ofConfined();
        Stream stream = device.openStream();
        DeviceBuffer x = device.allocate(work.x().byteSize());
        DeviceBuffer y = device.allocate((long) m * work.n() * Short.BYTES)) {
      linear.prepare(m);
      device.upload(work.x(), x.address());
      linear.forward(x.address(), y.address(), m, stream);
      stream.synchronize();
      MemorySegment result = arena.allocate(y.bytes(), Short.BYTES);
      device.download(y.address(), result);
      return result.toArray(ValueLayout.JAVA_SHORT);
    }
  }

  /** How far f16 results are from the truth, relative to its size. */
  static double distance(short[] y, double[] truth) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < y.length; i++) {
      double d = Workload.value(ActivationType.F16, y[i]) - truth[i];
      difference += d * d;
      size += truth[i] * truth[i];
    }
    return Math.sqrt(difference / size);
  }

  /** How far results of {@code type} may be from float64, as {@code ||y - truth|| / ||truth||}. */
  static double tolerance(ActivationType type) {
    return switch (type) {
      case F16 -> 1e-3;
      case BF16 -> 8e-3;
    };
  }

  private record Run(Workload work, Stream stream, DeviceBuffer x, DeviceBuffer y, Linear linear, MemorySegment host) {
    Finding found(Finding.Check check, Schedule schedule, int m, String what) {
      return new Finding(check, work.kernel().entry(), work.n(), work.k(), m, schedule, what);
    }
  }

  private Optional<Finding> product(Run run, Schedule schedule, int m) {
    Workload work = run.work();
    // Exactly m rows, so that a row too many is out of bounds.
    try (DeviceBuffer x = device.allocate(skew + (long) m * work.k() * Short.BYTES);
        DeviceBuffer y = device.allocate(skew + (long) m * work.n() * Short.BYTES)) {
      device.upload(work.x().asSlice(0, x.bytes() - skew), x.address() + skew);
      short[] once = forward(run, x, y, m);
      double error = error(work, once);
      if (!(error <= tolerance(work.kernel().y()))) {
        return Optional
            .of(run.found(new Finding.Check.Numerics(), schedule, m, "relative error %.2g".formatted(error)));
      }
      int misrounded = work.exactCodes() && !roundsWeights(work, schedule)
          ? misrounded(work, once, ACCUMULATION + operandRounding(schedule))
          : 0;
      if (misrounded > 1 + once.length / 20) {
        return Optional.of(run.found(new Finding.Check.Rounding(), schedule, m,
            misrounded + " of " + once.length + " results are not the nearest numbers"));
      }
      if (!Arrays.equals(once, forward(run, x, y, m))) {
        return Optional.of(run.found(new Finding.Check.Determinism(), schedule, m, "two runs differ"));
      }
      return Optional.empty();
    } catch (KernelFault fault) {
      return Optional.of(run.found(new Finding.Check.Sanitizer(), schedule, m, fault.getMessage()));
    }
  }

  private short[] forward(Run run, DeviceBuffer x, DeviceBuffer y, int m) {
    run.linear().forward(x.address() + skew, y.address() + skew, m, run.stream());
    run.stream().synchronize();
    MemorySegment result = run.host().asSlice(0, y.bytes() - skew);
    device.download(y.address() + skew, result);
    return result.toArray(ValueLayout.JAVA_SHORT);
  }

  /** What the rounding of activations costs, as a part of the results' size: digit-mma and bit-mma take 15 and 16 bits of the largest of a group. */
  private static double operandRounding(Schedule schedule) {
    if (schedule.family().equals(SignFamily.BIT_MMA.title())) {
      return 0x1p-14;
    }
    return schedule.family().equals(SignFamily.DIGIT_MMA.title()) ? 0x1p-13 : 0;
  }

  /**
   * Whether a family puts weights together by additions in f16, one for each plane, and so multiplies other numbers than the
   * reference does: such results are held to their relative error alone.
   */
  private static boolean roundsWeights(Workload work, Schedule schedule) {
    return work.kernel().signPlanes().isPresent() && (schedule.family().equals(SignFamily.SIGN_MMA.title())
        || schedule.family().equals(DequantWgmmaSchedule.FAMILY));
  }

  /** Results further from float64 than the nearest number of their type is, beside {@code allowed} parts of their size. */
  private static int misrounded(Workload work, short[] y, double allowed) {
    ActivationType type = work.kernel().y();
    double size = Math.sqrt(Arrays.stream(work.truth(), 0, y.length).map(t -> t * t).sum() / y.length);
    int count = 0;
    for (int i = 0; i < y.length; i++) {
      double truth = work.truth()[i];
      double nearest = Math.abs(Workload.value(type, Workload.round(type, truth)) - truth);
      if (Math.abs(Workload.value(type, y[i]) - truth) > nearest + allowed * size) {
        count++;
      }
    }
    return count;
  }

  private static double error(Workload work, short[] y) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < y.length; i++) {
      double d = Workload.value(work.kernel().y(), y[i]) - work.truth()[i];
      difference += d * d;
      size += work.truth()[i] * work.truth()[i];
    }
    if (!(size > 0)) {
      throw new IllegalStateException("the truth is 0 or no number, which checks nothing");
    }
    return Math.sqrt(difference / size);
  }
}
