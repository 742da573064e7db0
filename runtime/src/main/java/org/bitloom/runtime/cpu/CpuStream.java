package org.bitloom.runtime.cpu;

import org.bitloom.runtime.api.Stream;

/** Work on the cpu is done when the call that queues it returns. */
record CpuStream() implements Stream {
  @Override
  public long handle() {
    return 0;
  }

  @Override
  public void synchronize() {
    // nothing is ever pending
  }

  @Override
  public void close() {
    // owns nothing
  }
}
