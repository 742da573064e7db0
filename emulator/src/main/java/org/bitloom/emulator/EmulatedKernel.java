package org.bitloom.emulator;

import java.util.Optional;

import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.launch.Workspace;

/** A generated kernel on the emulated device. */
final class EmulatedKernel implements LoadedKernel {
  private final EmulatedDevice device;
  private final KernelModule module;
  private final String entry;
  private final StreamOrder order;

  EmulatedKernel(EmulatedDevice device, KernelModule module, String entry, StreamOrder order) {
    this.device = device;
    this.module = module;
    this.entry = entry;
    this.order = order;
  }

  /** Nothing: PTX has no registers assigned. */
  @Override
  public Optional<KernelResources> report() {
    return Optional.empty();
  }

  @Override
  public void prepare(LaunchShape shape) {
    device.reserve(Workspace.of(shape));
  }

  @Override
  public void launch(LaunchShape shape, WeightArguments weights, long x, long y, int m, Stream stream) {
    if (!(stream instanceof EmulatedStream own)) {
      throw new IllegalArgumentException("this stream belongs to another device; open one with this device");
    }
    device.count(own.launch(module, entry, order, shape, weights, x, y, m));
  }
}
