package org.bitloom.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

import org.bitloom.job.TuneListener;
import org.bitloom.job.TuneRow;

/** Tells a person how tuning goes, and keeps what was measured. */
final class TuneProgress implements TuneListener {
  private final PrintWriter err;
  private final List<TuneRow> rows = new ArrayList<>();
  private int problems;

  TuneProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void began(String what, int index, int total) {
    say("[%d/%d] %s".formatted(index, total, what));
  }

  @Override
  public void row(TuneRow row) {
    rows.add(row);
    say("        m=%d %.2f us, %.0f%% of the floor, %s%s".formatted(row.m(), row.us(), 100 * row.floorUs() / row.us(),
        row.schedule(), row.gain().isPresent()
            ? ", first choice %+.1f%%".formatted(100 * (row.gain().getAsDouble() - 1))
            : ""));
  }

  @Override
  public void problem(String problem) {
    problems++;
    say("bitloom: " + problem);
  }

  private void say(String line) {
    err.println(line);
    err.flush();
  }

  /** All rows so far. */
  List<TuneRow> rows() {
    return List.copyOf(rows);
  }

  /** How many problems there were. */
  int problems() {
    return problems;
  }
}
