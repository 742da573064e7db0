package org.bitloom.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bitloom.picture.Mark.Colour;
import org.bitloom.picture.Mark.Point;

/** Pixels of a drawing, {@code [height][width][3]} bytes red, green, blue; edges are smooth. */
final class Raster {
  private final int width;
  private final int height;
  private final double scale;
  private final byte[] pixels;
  /** How much of each pixel the present mark covers; 0 everywhere between marks. */
  private final float[] cover;

  private Raster(int width, int height, double scale) {
    this.width = width;
    this.height = height;
    this.scale = scale;
    this.pixels = new byte[3 * width * height];
    this.cover = new float[width * height];
    Arrays.fill(pixels, (byte) 0xff);
  }

  /** The drawing at {@code scale} pixels a unit. */
  static Raster of(Drawing drawing, int scale) {
    Raster raster = new Raster(drawing.width() * scale, drawing.height() * scale, scale);
    drawing.marks().forEach(raster::draw);
    return raster;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Row {@code y}, a copy. */
  byte[] row(int y) {
    return Arrays.copyOfRange(pixels, 3 * width * y, 3 * width * (y + 1));
  }

  private void draw(Mark mark) {
    switch (mark) {
      case Mark.Line line -> stroke(switch (line.stroke()) {
        case SOLID -> List.of(line.points());
        case DASHED -> dashes(line.points());
      }, line.width(), line.colour());
      case Mark.Dot dot -> stroke(List.of(List.of(dot.centre())), 2 * dot.radius(), dot.colour());
      case Mark.Text text -> stroke(StrokeFont.strokes(text), StrokeFont.strokeWidth(text.size()), text.colour());
    }
  }

  private static List<List<Point>> dashes(List<Point> points) {
    List<List<Point>> dashes = new ArrayList<>();
    double period = Drawing.DASH + Drawing.GAP;
    double before = 0;
    for (int i = 0; i + 1 < points.size(); i++) {
      Point a = points.get(i);
      Point b = points.get(i + 1);
      double length = Math.hypot(b.x() - a.x(), b.y() - a.y());
      for (double at = Math.floor(before / period) * period; at < before + length; at += period) {
        double from = Math.max(at, before) - before;
        double to = Math.min(at + Drawing.DASH, before + length) - before;
        if (to > from) {
          dashes.add(List.of(between(a, b, from / length), between(a, b, to / length)));
        }
      }
      before += length;
    }
    return dashes;
  }

  private static Point between(Point a, Point b, double part) {
    return new Point(a.x() + part * (b.x() - a.x()), a.y() + part * (b.y() - a.y()));
  }

  /** A rectangle of pixels, right and bottom excluded. */
  private record Area(int left, int top, int right, int bottom) {
    static final Area NONE = new Area(Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0);

    Area with(Area other) {
      return new Area(Math.min(left, other.left), Math.min(top, other.top), Math.max(right, other.right),
          Math.max(bottom, other.bottom));
    }
  }

  /** Paints all lines at once, so that where they meet nothing is painted twice. */
  private void stroke(List<List<Point>> lines, double lineWidth, Colour colour) {
    Area area = Area.NONE;
    for (List<Point> line : lines) {
      for (int i = 0; i < Math.max(1, line.size() - 1); i++) {
        area = area.with(cover(scaled(line.get(i)), scaled(line.get(Math.min(i + 1, line.size() - 1))),
            lineWidth * scale / 2));
      }
    }
    for (int y = area.top(); y < area.bottom(); y++) {
      for (int at = y * width + area.left(); at < y * width + area.right(); at++) {
        blend(3 * at, colour.red(), cover[at]);
        blend(3 * at + 1, colour.green(), cover[at]);
        blend(3 * at + 2, colour.blue(), cover[at]);
        cover[at] = 0;
      }
    }
  }

  private Point scaled(Point p) {
    return new Point(p.x() * scale, p.y() * scale);
  }

  private Area cover(Point a, Point b, double radius) {
    int left = (int) Math.max(0, Math.floor(Math.min(a.x(), b.x()) - radius - 1));
    int right = (int) Math.min(width, Math.ceil(Math.max(a.x(), b.x()) + radius + 1));
    int top = (int) Math.max(0, Math.floor(Math.min(a.y(), b.y()) - radius - 1));
    int bottom = (int) Math.min(height, Math.ceil(Math.max(a.y(), b.y()) + radius + 1));
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        double inside = radius + 0.5 - distance(new Point(x + 0.5, y + 0.5), a, b);
        int at = y * width + x;
        cover[at] = Math.max(cover[at], (float) Math.clamp(inside, 0, 1));
      }
    }
    return new Area(left, top, right, bottom);
  }

  private static double distance(Point p, Point a, Point b) {
    double dx = b.x() - a.x();
    double dy = b.y() - a.y();
    double square = dx * dx + dy * dy;
    double part = square == 0 ? 0 : Math.clamp(((p.x() - a.x()) * dx + (p.y() - a.y()) * dy) / square, 0, 1);
    return Math.hypot(p.x() - a.x() - part * dx, p.y() - a.y() - part * dy);
  }

  private void blend(int at, int colour, float cover) {
    pixels[at] = (byte) Math.round((pixels[at] & 0xff) * (1 - cover) + colour * cover);
  }
}
