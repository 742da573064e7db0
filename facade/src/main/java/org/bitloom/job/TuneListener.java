package org.bitloom.job;

/** Is told how tuning goes. */
public interface TuneListener {
  /** The search for {@code what} begins, number {@code index} of {@code total}. */
  void began(String what, int index, int total);

  /** A winner is known, stored and measured. */
  void row(TuneRow row);

  /** Something is wrong with a kernel; it was not chosen. */
  void problem(String problem);
}
