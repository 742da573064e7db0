package org.bitloom.tests.emulated;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

import org.bitloom.ShippedFormats;
import org.bitloom.emulator.EmulatedDevice;
import org.bitloom.emulator.exec.Launch;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.compile.KernelCompiler;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** PTX thread-instructions that one core emulates a second, all checks on, on shipped kernels of a 256 x 512 layer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class EmulatorBenchmark {
  private static final int N = 256;
  private static final int K = 512;
  private static final int M = 8;
  private static final long SEED = 1;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  /** Counts beside the products themselves. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counts {
    /** PTX instructions times the lanes that executed them. */
    public long threadInstructions;
    /** Time that the thread had a core, for machines that do other work too. */
    public long cpuNanoseconds;
  }

  @Param({"fp6_e3m2", "int4_g128", "nf4_g64"})
  String format;

  private EmulatedDevice device;
  private DeviceBuffer x;
  private DeviceBuffer y;
  private Stream stream;
  private Linear linear;

  @Setup
  public void prepare() {
    WeightFormat chosen = ShippedFormats.all().stream().filter(f -> f.info().name().equals(format)).findFirst()
        .orElseThrow();
    KernelUnit kernel = chosen.kernels().stream().filter(k -> k.x() == ActivationType.F16).findFirst().orElseThrow();
    Workload work = Workload.quantized(chosen, kernel, N, K, M, SEED);
    device = new EmulatedDevice(KernelCompiler.standard(), 1);
    linear = device.linear(chosen, kernel, work.packed(), work.bias());
    linear.prepare(M);
    x = device.allocate(work.x().byteSize());
    y = device.allocate((long) M * N * Short.BYTES);
    device.upload(work.x(), x.address());
    stream = device.openStream();
  }

  @Benchmark
  public void product(Counts counts) {
    Launch.Statistics before = device.executed();
    long start = CLOCK.getCurrentThreadCpuTime();
    linear.forward(x.address(), y.address(), M, stream);
    counts.threadInstructions += device.executed().threadInstructions() - before.threadInstructions();
    counts.cpuNanoseconds += CLOCK.getCurrentThreadCpuTime() - start;
  }

  @TearDown
  public void close() {
    device.close();
  }

  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder().include(EmulatorBenchmark.class.getSimpleName())
        .jvmArgsAppend("--enable-native-access=ALL-UNNAMED").build()).run();
  }
}
