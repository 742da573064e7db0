package org.bitloom.runtime.cuda;

import java.util.function.Consumer;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.LoadedQuantizer;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.launch.Workspace;

/** An activation quantizer on a GPU. */
record CudaQuantizer(CudaContext context, CudaFunction function, ActivationQuantizer quantizer,
    Consumer<Workspace> reserve) implements LoadedQuantizer {
  @Override
  public void prepare(int m, int k) {
    reserve.accept(Workspace.ofQuantized(quantizer.shape(m, k).bytes()));
  }

  @Override
  public void launch(long x, long quantized, int m, int k, Stream stream) {
    CudaDevice.own(stream, context).quantize(function.function(), quantizer.launch(m), x, quantized, k, m);
  }

  @Override
  public long buffer(Stream stream) {
    return CudaDevice.own(stream, context).quantized();
  }
}
