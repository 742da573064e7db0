package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bitloom.job.RunReport.Speed;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.CpuDevice;
import org.bitloom.runtime.cpu.Reference;
import org.bitloom.runtime.quant.Dequantizer;
import org.bitloom.runtime.quant.QuantizationError;
import org.bitloom.runtime.quant.Quantizer;

/** Runs a layer of a format that has no kernels: the CPU decodes it as it does every format. */
record HostRun(WeightFormat format, RunRequest request) {
  private static final ActivationType TYPE = ActivationType.F16;

  RunReport run(long seed) {
    if (!request.device().equals("auto") && !request.device().startsWith(CpuDevice.KIND)) {
      throw new BadInput(format.info().name() + " has no kernel yet, so " + request.device()
          + " cannot run it; --device cpu can");
    }
    try (Arena arena = Arena.ofShared(); Device opened = DeviceOpener.open(CpuDevice.KIND)) {
      if (!(opened instanceof CpuDevice device)) {
        throw new IllegalStateException("the cpu device is another");
      }
      return run(device, seed, arena);
    }
  }

  private RunReport run(CpuDevice device, long seed, Arena arena) {
    WeightSource.NamedMatrix weights = request.load(arena);
    Layer layer = Layer.of(format, Quantizer.standard(format.info()), weights.matrix(), arena);
    int n = layer.quantized().n();
    int k = layer.quantized().k();
    int m = request.batch();
    Activations x = Activations.random(TYPE, m, k, seed, arena);
    try (ProductRunner runner = new ProductRunner(device, n, k, m);
        Linear all = device.linear(format, TYPE, layer.packed());
        Linear linear = request.planes().map(used -> coarser(all, used)).orElse(all)) {
      linear.prepare(m);
      runner.give(x);
      Output y = runner.run(linear, m, TYPE);
      Dequantizer read = request.planes().map(used -> new Dequantizer(layer.quantized(), used))
          .orElseGet(() -> new Dequantizer(layer.quantized()));
      double[] truth = Reference.of(read, TYPE, TYPE, List.of(), Optional.empty()).multiply(x.bits(), m);
      long bytes = request.planes().map(used -> layer.packed().shape().payloadBytes(used))
          .orElseGet(() -> layer.packed().shape().payloadBytes());
      Speed speed = new Speed(OptionalDouble.of(runner.hostUs(linear, m)), OptionalDouble.empty(),
          OptionalDouble.empty(), bytes, Optional.empty());
      return new RunReport(format.info().name(), "", format.info().declaration(), device.info().kind(),
          device.info().name(), weights.name(), n, k, m, layer.bitsPerWeight(),
          QuantizationError.of(weights.matrix(), layer.quantized()).relative(), new Verdict(n, truth).error(y),
          Tolerance.of(TYPE), List.of(), "", "", speed, 0);
    }
  }

  private static Linear coarser(Linear linear, SignPlanes used) {
    try {
      return linear.withPlanes(used);
    } catch (IllegalArgumentException e) {
      throw new BadInput(String.valueOf(e.getMessage()));
    }
  }
}
