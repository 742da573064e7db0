package org.bitloom.emulator;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.launch.Workspace;

/** An activation quantizer on the emulated device. */
record EmulatedQuantizer(EmulatedDevice device, KernelModule module,
    ActivationQuantizer quantizer) implements LoadedQuantizer {
  @Override
  public void prepare(int m, int k) {
    device.reserve(Workspace.ofQuantized(quantizer.shape(m, k).bytes()));
  }

  @Override
  public void launch(long x, long quantized, int m, int k, Stream stream) {
    device.count(own(stream).quantize(module, quantizer, x, quantized, m, k));
  }

  @Override
  public long buffer(Stream stream) {
    return own(stream).quantized();
  }

  private static EmulatedStream own(Stream stream) {
    if (stream instanceof EmulatedStream own) {
      return own;
    }
    throw new IllegalArgumentException("this stream belongs to another device; open one with this device");
  }
}
