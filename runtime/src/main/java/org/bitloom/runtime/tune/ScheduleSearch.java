package org.bitloom.runtime.tune;

/** A way to find a fast schedule. */
public interface ScheduleSearch {
  /**
   * The fastest schedule that was found and checked.
   *
   * @throws IllegalStateException if no schedule could be used; the message gives the reasons
   */
  TuningResult search(TuningTask task);
}
