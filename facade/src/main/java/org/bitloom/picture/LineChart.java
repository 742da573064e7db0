package org.bitloom.picture;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.picture.Mark.Anchor;
import org.bitloom.picture.Mark.Colour;
import org.bitloom.picture.Mark.Point;
import org.bitloom.picture.Mark.Stroke;

/**
 * Line charts side by side that share their axes and one legend.
 *
 * @param xLabels the places along x, evenly spaced
 * @param yTop the end of the y axis, which starts at 0
 */
public record LineChart(String title, String caption, String xTitle, List<String> xLabels, double yTop, double yStep,
    List<Panel> panels) {
  private static final int PANEL_WIDTH = 420;
  private static final int PANEL_HEIGHT = 300;
  private static final int LEFT = 56;
  private static final int RIGHT = 14;
  private static final int TOP = 34;
  private static final int BOTTOM = 46;
  private static final int HEAD = 64;
  private static final int LEGEND_WIDTH = 190;
  private static final int LEGEND_STEP = 20;
  private static final Colour INK = new Colour(40, 40, 40);
  private static final Colour GRID = new Colour(220, 220, 220);
  private static final Colour BASELINE = new Colour(110, 110, 110);
  /** Told apart by most people, also on paper. */
  private static final List<Colour> COLOURS = List.of(new Colour(0, 114, 178), new Colour(213, 94, 0),
      new Colour(0, 158, 115), new Colour(204, 121, 167), new Colour(230, 159, 0), new Colour(86, 180, 233),
      new Colour(120, 80, 40), new Colour(150, 0, 60), new Colour(90, 60, 160), new Colour(130, 150, 0));

  /** One chart. */
  public record Panel(String title, List<Series> series) {
    public Panel {
      series = List.copyOf(series);
    }
  }

  /**
   * One line.
   *
   * @param y one value a place; NaN where there is none
   */
  public record Series(String name, Kind kind, List<Double> y) {
    public Series {
      y = List.copyOf(y);
    }
  }

  /** What a line stands for. */
  public enum Kind {
    MEASURED, BASELINE
  }

  public LineChart {
    xLabels = List.copyOf(xLabels);
    panels = List.copyOf(panels);
    if (xLabels.isEmpty() || panels.isEmpty() || !(yTop > 0) || !(yStep > 0)) {
      throw new IllegalArgumentException("a chart has places, panels and a y axis");
    }
  }

  /** The chart as marks. */
  public Drawing draw() {
    int columns = Math.min(3, (int) Math.ceil(Math.sqrt(panels.size())));
    int rows = Math.ceilDiv(panels.size(), columns);
    List<String> names = names();
    List<Mark> marks = new ArrayList<>();
    int width = columns * PANEL_WIDTH + LEGEND_WIDTH;
    marks.add(text(16, 26, title, 17, Anchor.START));
    marks.add(text(16, 48, caption, 11, Anchor.START));
    for (int i = 0; i < panels.size(); i++) {
      panel(marks, panels.get(i), names, i % columns * PANEL_WIDTH, HEAD + i / columns * PANEL_HEIGHT);
    }
    legend(marks, names, columns * PANEL_WIDTH);
    return new Drawing(width, HEAD + Math.max(rows * PANEL_HEIGHT, TOP + names.size() * LEGEND_STEP), marks);
  }

  private List<String> names() {
    return panels.stream().flatMap(panel -> panel.series().stream()).map(Series::name).distinct().toList();
  }

  private void panel(List<Mark> marks, Panel panel, List<String> names, int left, int top) {
    Point origin = new Point(left + LEFT, top + PANEL_HEIGHT - BOTTOM);
    double width = PANEL_WIDTH - LEFT - RIGHT;
    double height = PANEL_HEIGHT - TOP - BOTTOM;
    marks.add(text(origin.x() + width / 2, top + TOP - 10.0, panel.title(), 13, Anchor.MIDDLE));
    for (double y = 0; y <= yTop + 1e-9; y += yStep) {
      double at = origin.y() - height * y / yTop;
      marks.add(new Mark.Line(List.of(new Point(origin.x(), at), new Point(origin.x() + width, at)), GRID, 1,
          Stroke.SOLID));
      marks.add(text(origin.x() - 6, at + 4, Long.toString(Math.round(y)), 11, Anchor.END));
    }
    for (int i = 0; i < xLabels.size(); i++) {
      marks.add(text(x(origin, width, i), origin.y() + 17, xLabels.get(i), 11, Anchor.MIDDLE));
    }
    marks.add(text(origin.x() + width / 2, origin.y() + 35, xTitle, 11, Anchor.MIDDLE));
    for (Series series : panel.series()) {
      series(marks, series, names, origin, width, height);
    }
  }

  private void series(List<Mark> marks, Series series, List<String> names, Point origin, double width, double height) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < series.y().size(); i++) {
      if (!Double.isNaN(series.y().get(i))) {
        points.add(new Point(x(origin, width, i), origin.y() - height * Math.clamp(series.y().get(i) / yTop, 0, 1)));
      }
    }
    Colour colour = colour(series, names);
    marks.add(new Mark.Line(points, colour, 2, stroke(series.kind())));
    points.forEach(point -> marks.add(new Mark.Dot(point, 3, colour)));
  }

  private double x(Point origin, double width, int index) {
    return origin.x() + width * (index + 0.5) / xLabels.size();
  }

  private void legend(List<Mark> marks, List<String> names, int left) {
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Series series = panels.stream().flatMap(panel -> panel.series().stream()).filter(s -> s.name().equals(name))
          .findFirst().orElseThrow();
      double y = HEAD + TOP + (double) i * LEGEND_STEP;
      marks.add(new Mark.Line(List.of(new Point(left + 12, y), new Point(left + 40, y)), colour(series, names), 2,
          stroke(series.kind())));
      marks.add(text(left + 48, y + 4, name, 12, Anchor.START));
    }
  }

  private static Colour colour(Series series, List<String> names) {
    return switch (series.kind()) {
      case BASELINE -> BASELINE;
      case MEASURED -> COLOURS.get(names.indexOf(series.name()) % COLOURS.size());
    };
  }

  private static Stroke stroke(Kind kind) {
    return switch (kind) {
      case BASELINE -> Stroke.DASHED;
      case MEASURED -> Stroke.SOLID;
    };
  }

  private static Mark text(double x, double y, String text, double size, Anchor anchor) {
    return new Mark.Text(new Point(x, y), text, size, anchor, INK);
  }
}
