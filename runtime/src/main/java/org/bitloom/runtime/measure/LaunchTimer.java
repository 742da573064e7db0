package org.bitloom.runtime.measure;

import java.util.function.IntConsumer;

/** Times launches over rotating copies of their data. */
@FunctionalInterface
public interface LaunchTimer {
  /**
   * Times {@code launch}, which queues one launch over copy {@code i} of its data and is prepared for that.
   *
   * @param copies number of copies, which are taken in turn
   */
  Timing time(int copies, IntConsumer launch);
}
