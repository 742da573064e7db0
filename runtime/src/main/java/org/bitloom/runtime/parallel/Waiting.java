package org.bitloom.runtime.parallel;

/** Waits that an interrupt does not cut short; it stays known. */
public final class Waiting {
  private Waiting() {
  }

  /** Waits until {@code thread} has ended. */
  public static void untilEnded(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
