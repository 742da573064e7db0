package org.bitloom.runtime.cuda;

import java.util.Optional;
import java.util.function.Consumer;

import org.bitloom.runtime.api.KernelResources;
import org.bitloom.runtime.api.LaunchShape;
import org.bitloom.runtime.api.LoadedKernel;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.api.StreamOrder;
import org.bitloom.runtime.api.WeightArguments;
import org.bitloom.runtime.launch.Workspace;

/** A generated kernel on a GPU. */
final class CudaKernel implements LoadedKernel {
  private final CudaContext context;
  private final CudaFunction function;
  private final StreamOrder order;
  private final Optional<KernelResources> report;
  private final Consumer<Workspace> reserve;

  /**
   * An entry with its report.
   *
   * @param reserve gives every stream of the device such a workspace
   */
  CudaKernel(CudaContext context, CudaFunction function, StreamOrder order, Optional<KernelResources> report,
      Consumer<Workspace> reserve) {
    this.context = context;
    this.function = function;
    this.order = order;
    this.report = report;
    this.reserve = reserve;
  }

  @Override
  public Optional<KernelResources> report() {
    return report;
  }

  @Override
  public void prepare(LaunchShape shape) {
    function.allowSmem(shape.smemBytes());
    reserve.accept(Workspace.of(shape));
  }

  @Override
  public void launch(LaunchShape shape, WeightArguments weights, long x, long y, int m, Stream stream) {
    CudaDevice.own(stream, context).launch(function.function(), order, shape, weights, x, y, m);
  }

  void unload() {
    function.unload();
  }
}
