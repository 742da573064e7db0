package org.bitloom.codegen.target;

import java.util.BitSet;
import java.util.List;

/**
 * Where the elements of one matrix operand live in the registers of a warp: a linear map over GF(2) from the bits of
 * (element of a register, register of a lane, lane) to (row, col). Each input bit that is set contributes its step, and
 * steps are combined by XOR; the constructor rejects maps that lose or repeat an element.
 *
 * @param rows rows of the matrix
 * @param cols columns of the matrix
 * @param element steps of the bits of the element number inside a 32-bit register, lowest bit first
 * @param register steps of the bits of the register number
 * @param lane steps of the five bits of the lane number
 */
public record Fragment(int rows, int cols, List<Step> element, List<Step> register, List<Step> lane) {
  /** What one input bit adds to the coordinates. */
  public record Step(int row, int col) {
  }

  /** A place in a matrix. */
  public record Place(int row, int col) {
  }

  private static final int LANE_BITS = 5;

  public Fragment {
    element = List.copyOf(element);
    register = List.copyOf(register);
    lane = List.copyOf(lane);
    if (lane.size() != LANE_BITS) {
      throw new IllegalArgumentException(
          "a fragment has a step for each of " + LANE_BITS + " lane bits, not " + lane.size());
    }
    int inputs = 1 << (element.size() + register.size() + lane.size());
    if (inputs != rows * cols) {
      throw new IllegalArgumentException(inputs + " elements do not fill a " + rows + " x " + cols + " matrix");
    }
    BitSet seen = new BitSet(inputs);
    for (int i = 0; i < inputs; i++) {
      Place p = place(element, register, lane, i);
      if (p.row >= rows || p.col >= cols || seen.get(p.row * cols + p.col)) {
        throw new IllegalArgumentException("element " + i + " of the fragment lands on (" + p.row + ", " + p.col
            + "), which is taken or outside of " + rows + " x " + cols);
      }
      seen.set(p.row * cols + p.col);
    }
  }

  /** Elements in one 32-bit register. */
  public int elements() {
    return 1 << element.size();
  }

  /** 32-bit registers of a lane. */
  public int registers() {
    return 1 << register.size();
  }

  /** Where element {@code e} of register {@code r} of lane {@code l} belongs. */
  public Place at(int l, int r, int e) {
    return place(element, register, lane, (l << register.size() | r) << element.size() | e);
  }

  private static Place place(List<Step> element, List<Step> register, List<Step> lane, int bits) {
    int row = 0;
    int col = 0;
    int rest = bits;
    for (List<Step> part : List.of(element, register, lane)) {
      for (Step step : part) {
        if ((rest & 1) != 0) {
          row ^= step.row;
          col ^= step.col;
        }
        rest >>>= 1;
      }
    }
    return new Place(row, col);
  }
}
