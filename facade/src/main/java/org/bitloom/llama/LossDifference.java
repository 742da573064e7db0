package org.bitloom.llama;

/**
 * By how much one model foretells a text worse than another, window by window: windows that are hard for both do not count.
 *
 * @param mean of the differences of losses; to first order the relative change of the perplexity
 * @param standardError of that mean, the windows taken for independent
 */
public record LossDifference(double mean, double standardError) {
  /**
   * Of the losses of the same windows.
   *
   * @throws IllegalArgumentException unless there are two or more of each
   */
  public static LossDifference of(double[] losses, double[] others) {
    int windows = losses.length;
    if (windows < 2 || others.length != windows) {
      throw new IllegalArgumentException(windows + " and " + others.length + " windows cannot be compared");
    }
    double sum = 0;
    for (int i = 0; i < windows; i++) {
      sum += losses[i] - others[i];
    }
    double mean = sum / windows;
    double squares = 0;
    for (int i = 0; i < windows; i++) {
      double deviation = losses[i] - others[i] - mean;
      squares += deviation * deviation;
    }
    return new LossDifference(mean, Math.sqrt(squares / (windows - 1) / windows));
  }
}
