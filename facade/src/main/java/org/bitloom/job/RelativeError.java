package org.bitloom.job;

/** The error of an approximation: {@code ||approximation - truth|| / ||truth||} over all numbers added so far. */
final class RelativeError {
  private double difference;
  private double truth;

  void add(double approximate, double exact) {
    double d = approximate - exact;
    difference += d * d;
    truth += exact * exact;
  }

  void add(RelativeError other) {
    difference += other.difference;
    truth += other.truth;
  }

  /** 0 where both sides are 0; NaN as soon as one number was NaN. */
  double value() {
    return difference == 0 ? 0 : Math.sqrt(difference / truth);
  }
}
