package org.bitloom.job;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bitloom.job.RunReport.CompiledTarget;
import org.bitloom.job.RunReport.Speed;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.KernelDevice;
import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.compile.KernelCompiler;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.quant.QuantizationError;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.tune.TuningKey;

/** Quantizes, packs, multiplies and checks one layer: the whole path of a declaration. */
public final class RunJob {
  private static final long SEED = 7;
  private static final int GRAPH_LAUNCHES = 16;
  private static final int REPLAYS = 21;

  private final Workplace workplace;

  /** Jobs of {@code workplace}. */
  public RunJob(Workplace workplace) {
    this.workplace = workplace;
  }

  /** Does it. */
  public RunReport run(RunRequest request) {
    WeightFormat first = FormatChooser.formats(request.format()).getFirst();
    if (first.kernels().isEmpty() && request.kernel().isEmpty()) {
      return new HostRun(first, request).run(SEED);
    }
    FormatChoice choice = FormatChooser.choose(request.format(), request.kernel());
    KernelUnit kernel = request.planes().map(used -> coarser(choice.kernel(), used)).orElse(choice.kernel());
    try (Arena arena = Arena.ofShared(); Device device = DeviceOpener.open(request.device())) {
      WeightSource.NamedMatrix weights = request.load(arena);
      Layer layer = Layer.of(choice.format(), Quantizer.standard(choice.format().info()), weights.matrix(), arena);
      int n = layer.quantized().n();
      int k = layer.quantized().k();
      int m = request.batch();
      Problem problem = new Problem(n, k, m);
      Activations x = Activations.random(kernel.x(), m, k, SEED, arena);
      Optional<MemorySegment> bias = Bias.of(kernel, n, arena);
      try (ProductRunner runner = new ProductRunner(device, n, k, m);
          Linear linear = device.linear(choice.format(), kernel, layer.packed(), bias)) {
        linear.prepare(m);
        runner.give(x);
        Output y = runner.run(linear, m, kernel.y());
        double error = new Verdict(n, Reference.of(kernel, layer.quantized(), bias).multiply(x.bits(), m)).error(y);
        Speed speed = speed(choice.format(), kernel, layer, device, runner, linear, m);
        Compilation compilation = compiled(kernel, problem, linear, device);
        return new RunReport(choice.format().info().name(), kernel.entry(), choice.format().info().declaration(),
            device.info().kind(), device.info().name(), weights.name(), n, k, m, layer.bitsPerWeight(),
            QuantizationError.of(weights.matrix(), layer.quantized()).relative(), error, Tolerance.of(kernel.y()),
            compilation.targets(), linear.schedule(m), origin(kernel, problem, device), speed,
            compilation.calls());
      }
    }
  }

  private static KernelUnit coarser(KernelUnit kernel, SignPlanes used) {
    try {
      return kernel.withPlanes(used);
    } catch (IllegalArgumentException e) {
      throw new BadInput(String.valueOf(e.getMessage()));
    }
  }

  private static String origin(KernelUnit kernel, Problem problem, Device device) {
    return device instanceof CudaDevice gpu
        ? gpu.tuned().choice(kernel, TuningKey.largest(problem), gpu.info().limits()).origin()
        : "";
  }

  private Speed speed(WeightFormat format, KernelUnit kernel, Layer layer, Device device, ProductRunner runner,
      Linear linear, int m) {
    long bytes = kernel.signPlanes().map(used -> layer.packed().shape().payloadBytes(used))
        .orElseGet(() -> layer.packed().shape().payloadBytes());
    if (!(device instanceof CudaDevice gpu)) {
      return new Speed(OptionalDouble.of(runner.hostUs(linear, m)), OptionalDouble.empty(), OptionalDouble.empty(),
          bytes, Optional.empty());
    }
    GraphTimer timer = new GraphTimer(gpu, runner.stream(), GRAPH_LAUNCHES, REPLAYS);
    try (Baselines baselines = new Baselines(gpu, runner.stream(), timer, workplace.environment());
        LayerCopies copies = LayerCopies.load(device, format, kernel, layer.packed())) {
      copies.prepare(m);
      double us = copies.time(timer, runner.x(), runner.y(), m, runner.stream()).medianUs();
      Problem problem = new Problem(layer.quantized().n(), layer.quantized().k(), m);
      return new Speed(OptionalDouble.of(us), OptionalDouble.of(baselines.floorUs(bytes)),
          baselines.cublasUs(kernel.x(), problem, runner.x(), runner.y()), bytes, baselines.cublasMissing());
    }
  }

  /** What the kernel takes on each target, and how many NVRTC calls the run needed. */
  private record Compilation(List<CompiledTarget> targets, long calls) {
  }

  private static Compilation compiled(KernelUnit kernel, Problem problem, Linear linear, Device device) {
    Optional<KernelResources> ran = linear.report(problem.m());
    long calls = device instanceof KernelDevice kernels ? kernels.compilations() : 0;
    if (ran.isPresent()) {
      return new Compilation(List.of(target(device.info().arch(), ran.get())), calls);
    }
    KernelCompiler compiler = KernelCompiler.standard();
    List<CompiledTarget> compiled = new ArrayList<>();
    for (GpuTarget target : GpuTarget.COMMON) {
      target.firstChoice(kernel, problem).map(schedule -> compiler.compile(kernel, schedule, target.arch()))
          .flatMap(image -> image.entry(kernel.entry()))
          .ifPresent(resources -> compiled.add(target(target.arch(), resources)));
    }
    return new Compilation(compiled, calls + compiler.compilations());
  }

  private static CompiledTarget target(String arch, KernelResources resources) {
    return new CompiledTarget(arch, resources.registers(), resources.spillBytes());
  }
}
