package org.bitloom.picture;

import java.util.List;

/** A white sheet with marks, drawn in their order; size in pixels. */
public record Drawing(int width, int height, List<Mark> marks) {
  /** Lengths of the dashes of a line and of the gaps between them. */
  static final double DASH = 6;
  static final double GAP = 4;

  public Drawing {
    marks = List.copyOf(marks);
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("a drawing has a size, not " + width + " x " + height);
    }
  }
}
