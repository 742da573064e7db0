package org.bitloom.job;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bitloom.job.RunReport.Speed;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.Linear;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.CpuDevice;
import org.bitloom.runtime.cpu.Reference;
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
    WeightSource.NamedMatrix weights = request.weights().load(arena);
    Layer layer = Layer.of(format, Quantizer.standard(format.info()), weights.matrix(), arena);
    int n = layer.quantized().n();
    int k = layer.quantized().k();
    int m = request.batch();
    Activations x = Activations.random(TYPE, m, k, seed, arena);
    try (ProductRunner runner = new ProductRunner(device, n, k, m);
        Linear linear = device.linear(format, TYPE, layer.packed())) {
      linear.prepare(m);
      runner.give(x);
      Output y = runner.run(linear, m, TYPE);
      double[] truth = Reference.of(layer.quantized(), TYPE, TYPE, List.of(), Optional.empty()).multiply(x.bits(), m);
      Speed speed = new Speed(OptionalDouble.of(runner.hostUs(linear, m)), OptionalDouble.empty(),
          OptionalDouble.empty(), layer.packed().shape().payloadBytes(), Optional.empty());
      return new RunReport(format.info().name(), "", format.info().declaration(), device.info().kind(),
          device.info().name(), weights.name(), n, k, m, layer.bitsPerWeight(),
          QuantizationError.of(weights.matrix(), layer.quantized()).relative(), new Verdict(n, truth).error(y),
          Tolerance.of(TYPE), List.of(), "", "", speed, 0);
    }
  }
}
