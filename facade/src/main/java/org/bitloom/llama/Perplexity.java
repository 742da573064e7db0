package org.bitloom.llama;

import java.util.Arrays;

import org.bitloom.runtime.parallel.ParallelRows;

/**
 * How well a model foretells a text whose bytes are its tokens: window i has the bytes from {@code length * i} on as inputs,
 * the byte after each as its target, and positions from 0.
 *
 * @param length tokens of a window
 */
public record Perplexity(int windows, int length, ParallelRows parallel) {
  public Perplexity {
    if (windows < 1 || length < 1) {
      throw new IllegalArgumentException("at least one window of one token is needed");
    }
  }

  /** As many threads as processors. */
  public Perplexity(int windows, int length) {
    this(windows, length, ParallelRows.ofAllProcessors());
  }

  /** Windows that {@code text} has. */
  public static int windowsOf(byte[] text, int length) {
    return Math.max(0, text.length - 1) / length;
  }

  /**
   * The perplexity, {@code exp} of the mean negative logarithm of the targets' probabilities.
   *
   * @throws IllegalArgumentException if the text is too short
   */
  public double of(Llama model, byte[] text) {
    return ofLosses(losses(model, text));
  }

  /** The perplexity of windows with these losses. */
  public static double ofLosses(double[] losses) {
    return Math.exp(Arrays.stream(losses).sum() / losses.length);
  }

  /**
   * The mean negative logarithm of the targets' probabilities in each window.
   *
   * @throws IllegalArgumentException if the text is too short
   */
  public double[] losses(Llama model, byte[] text) {
    if (windows > windowsOf(text, length)) {
      throw new IllegalArgumentException("a text of " + text.length + " bytes has " + windowsOf(text, length)
          + " windows of " + length + ", not " + windows);
    }
    double[] losses = new double[windows];
    parallel.forEach(windows, 1, (first, end) -> {
      for (int window = first; window < end; window++) {
        losses[window] = loss(model, text, window * length) / length;
      }
    });
    return losses;
  }

  private double loss(Llama model, byte[] text, int from) {
    int[] tokens = new int[length];
    for (int t = 0; t < length; t++) {
      tokens[t] = text[from + t] & 0xff;
    }
    float[] logits = model.logits(tokens);
    double loss = 0;
    for (int t = 0; t < length; t++) {
      int at = t * model.vocabulary();
      loss += logSum(logits, at, model.vocabulary()) - logits[at + (text[from + t + 1] & 0xff)];
    }
    return loss;
  }

  private static double logSum(float[] logits, int from, int count) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += Math.exp(logits[i] - largest);
    }
    return largest + Math.log(sum);
  }
}
