package org.bitloom.picture;

import java.util.List;

/** Something to draw; coordinates in pixels, y downwards. */
public sealed interface Mark {
  /** A place. */
  record Point(double x, double y) {
  }

  /** A straight line from point to point. */
  record Line(List<Point> points, Colour colour, double width, Stroke stroke) implements Mark {
    public Line {
      points = List.copyOf(points);
    }
  }

  /** A filled disc. */
  record Dot(Point centre, double radius, Colour colour) implements Mark {
  }

  /** Text of {@code size} pixels height at {@code at}, a point of its base line. */
  record Text(Point at, String text, double size, Anchor anchor, Colour colour) implements Mark {
  }

  /** How a line looks. */
  enum Stroke {
    SOLID, DASHED
  }

  /** Which part of a text lies at its point. */
  enum Anchor {
    START, MIDDLE, END
  }

  /** An opaque colour, each part 0..255. */
  record Colour(int red, int green, int blue) {
    /** Such as {@code #1f77b4}. */
    String hex() {
      return "#%02x%02x%02x".formatted(red, green, blue);
    }
  }
}
