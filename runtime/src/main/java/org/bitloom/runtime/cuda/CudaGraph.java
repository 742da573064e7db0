package org.bitloom.runtime.cuda;

import java.util.concurrent.atomic.AtomicBoolean;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import org.bitloom.runtime.api.Stream;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static org.bitloom.runtime.cuda.CudaContext.check;

/** Captured work that replays with one launch; see {@link CudaDevice#capture}. */
public final class CudaGraph implements AutoCloseable {
  private final CudaContext context;
  private final CUgraphExec executable;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private CudaGraph(CudaContext context, CUgraphExec executable) {
    this.context = context;
    this.executable = executable;
  }

  static CudaGraph capture(CudaContext context, CudaStream stream, Runnable work) {
    CUstream open = stream.stream();
    return context.get(() -> {
      CUgraph graph = record(open, work);
      try {
        CUgraphExec executable = new CUgraphExec();
        check("cuGraphInstantiate", cuGraphInstantiate(executable, graph, 0));
        return new CudaGraph(context, executable);
      } finally {
        cuGraphDestroy(graph);
      }
    });
  }

  /** Other threads may allocate and copy meanwhile, hence the thread-local mode. */
  private static CUgraph record(CUstream stream, Runnable work) {
    check("cuStreamBeginCapture",
        cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    CUgraph graph = new CUgraph();
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      cuStreamEndCapture(stream, graph);
      if (NativeHandles.value(graph) != 0) {
        cuGraphDestroy(graph);
      }
      throw e;
    }
    check("cuStreamEndCapture", cuStreamEndCapture(stream, graph));
    return graph;
  }

  /** Queues the captured work on {@code stream}. Allocates nothing and waits for nothing. */
  public void launch(Stream stream) {
    if (!open.get()) {
      throw new IllegalStateException("this graph is closed");
    }
    CUstream own = CudaDevice.own(stream, context).stream();
    context.push();
    try {
      check("cuGraphLaunch", cuGraphLaunch(executable, own));
    } finally {
      context.pop();
    }
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      context.run(() -> check("cuGraphExecDestroy", cuGraphExecDestroy(executable)));
    }
  }
}
