package org.bitloom.runtime.cuda;

import java.util.concurrent.atomic.AtomicBoolean;

import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import org.bitloom.runtime.api.Stream;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static org.bitloom.runtime.cuda.CudaContext.check;

/** Measures on the GPU how long queued work takes, with two events (resolution about half a microsecond). */
public final class CudaTimer implements AutoCloseable {
  private static final int DEFAULT_FLAGS = 0;

  private final CudaContext context;
  private final CUevent start = new CUevent();
  private final CUevent stop = new CUevent();
  private final AtomicBoolean open = new AtomicBoolean(true);

  CudaTimer(CudaContext context) {
    this.context = context;
    context.run(() -> {
      check("cuEventCreate", cuEventCreate(start, DEFAULT_FLAGS));
      check("cuEventCreate", cuEventCreate(stop, DEFAULT_FLAGS));
    });
  }

  /** Starts when {@code stream} gets here. */
  public void start(Stream stream) {
    record(start, stream);
  }

  /** Stops when {@code stream} gets here. */
  public void stop(Stream stream) {
    record(stop, stream);
  }

  private void record(CUevent event, Stream stream) {
    CUstream own = CudaDevice.own(stream, context).stream();
    context.run(() -> check("cuEventRecord", cuEventRecord(event, own)));
  }

  /** Waits for the stop, and returns the microseconds between start and stop. */
  public double microseconds() {
    float[] milliseconds = new float[1];
    context.run(() -> {
      check("cuEventSynchronize", cuEventSynchronize(stop));
      check("cuEventElapsedTime", cuEventElapsedTime(milliseconds, start, stop));
    });
    return milliseconds[0] * 1e3;
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      context.run(() -> {
        check("cuEventDestroy", cuEventDestroy(start));
        check("cuEventDestroy", cuEventDestroy(stop));
      });
    }
  }
}
