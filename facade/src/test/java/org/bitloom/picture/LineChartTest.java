package org.bitloom.picture;

import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

import org.bitloom.picture.LineChart.Kind;
import org.bitloom.picture.LineChart.Panel;
import org.bitloom.picture.LineChart.Series;
import org.bitloom.picture.Mark.Anchor;
import org.bitloom.picture.Mark.Dot;
import org.bitloom.picture.Mark.Line;
import org.bitloom.picture.Mark.Point;
import org.bitloom.picture.Mark.Stroke;
import org.bitloom.picture.Mark.Text;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Line charts: values stand where the axes say, and a line looks alike in every panel and in the legend. */
class LineChartTest {
  private static final Series MEASURED = new Series("int4", Kind.MEASURED, List.of(50.0, Double.NaN, 80.0));
  private static final Series BASELINE = new Series("cuBLAS", Kind.BASELINE, List.of(0.0, 100.0, 130.0));

  private static LineChart chart(Panel... panels) {
    return new LineChart("title", "caption", "batch", List.of("1", "16", "256"), 100, 20, List.of(panels));
  }

  private static <T extends Mark> List<T> marks(Drawing drawing, Class<T> type, Predicate<T> which) {
    return drawing.marks().stream().filter(type::isInstance).map(type::cast).filter(which).toList();
  }

  private static Text text(Drawing drawing, String text, Anchor anchor) {
    List<Text> found = marks(drawing, Text.class, mark -> mark.text().equals(text) && mark.anchor() == anchor);
    assertEquals(1, found.size(), text);
    return found.getFirst();
  }

  @Test
  void valuesStandAtTheirLabelsAndBetweenTheLinesOfTheGrid() {
    Drawing drawing = chart(new Panel("shape", List.of(MEASURED, BASELINE))).draw();
    List<Double> grid = marks(drawing, Line.class, line -> line.width() == 1).stream()
        .map(line -> line.points().getFirst().y()).sorted(Comparator.reverseOrder()).toList();
    assertEquals(6, grid.size(), "0, 20, ... 100");
    double zero = grid.getFirst();
    double height = zero - grid.getLast();
    for (int i = 0; i <= 5; i++) {
      assertEquals(zero - height * i / 5, grid.get(i), 1e-9);
      assertEquals(grid.get(i), text(drawing, String.valueOf(20 * i), Anchor.END).at().y(), 5);
    }
    double first = text(drawing, "1", Anchor.MIDDLE).at().x();
    double second = text(drawing, "16", Anchor.MIDDLE).at().x();
    double third = text(drawing, "256", Anchor.MIDDLE).at().x();
    assertTrue(first < second && second < third);
    assertEquals(List.of(new Point(first, zero - height / 2), new Point(third, zero - height * 0.8),
        new Point(first, zero), new Point(second, zero - height), new Point(third, zero - height)),
        marks(drawing, Dot.class, _ -> true).stream().map(Dot::centre).toList());
  }

  @Test
  void linesJoinTheDotsAndBaselinesAreDashed() {
    Drawing drawing = chart(new Panel("shape", List.of(MEASURED, BASELINE))).draw();
    List<Dot> dots = marks(drawing, Dot.class, _ -> true);
    List<Line> lines = marks(drawing, Line.class, line -> line.width() == 2);
    assertEquals(4, lines.size(), "two in the panel, two in the legend");
    assertEquals(dots.subList(0, 2).stream().map(Dot::centre).toList(), lines.get(0).points());
    assertEquals(dots.subList(2, 5).stream().map(Dot::centre).toList(), lines.get(1).points());
    assertEquals(List.of(Stroke.SOLID, Stroke.DASHED, Stroke.SOLID, Stroke.DASHED),
        lines.stream().map(Line::stroke).toList());
    assertEquals(dots.get(0).colour(), lines.get(0).colour());
    assertNotEquals(lines.get(0).colour(), lines.get(1).colour());
  }

  @Test
  void oneLegendServesAllPanels() {
    Series other = new Series("fp6", Kind.MEASURED, List.of(10.0, 20.0, 30.0));
    Drawing drawing = chart(new Panel("one", List.of(MEASURED, BASELINE)),
        new Panel("two", List.of(other, MEASURED)), new Panel("three", List.of(other))).draw();
    List<Line> lines = marks(drawing, Line.class, line -> line.width() == 2);
    List<Line> legend = lines.subList(lines.size() - 3, lines.size());
    List<String> names = List.of("int4", "cuBLAS", "fp6");
    for (int i = 0; i < 3; i++) {
      assertEquals(legend.get(i).points().getFirst().y(), text(drawing, names.get(i), Anchor.START).at().y(), 5);
    }
    Mark.Colour int4 = legend.get(0).colour();
    Mark.Colour cublas = legend.get(1).colour();
    Mark.Colour fp6 = legend.get(2).colour();
    assertEquals(List.of(int4, cublas, fp6, int4, fp6), lines.subList(0, 5).stream().map(Line::colour).toList());
    assertEquals(3, List.of(int4, cublas, fp6).stream().distinct().count());
    List<Point> titles = List.of("one", "two", "three").stream().map(name -> text(drawing, name, Anchor.MIDDLE).at())
        .toList();
    assertEquals(titles.get(0).y(), titles.get(1).y());
    assertEquals(titles.get(0).x(), titles.get(2).x());
    assertTrue(titles.get(0).x() < titles.get(1).x() && titles.get(0).y() < titles.get(2).y(), titles.toString());
  }

  @Test
  void everythingLiesOnTheSheet() {
    Drawing drawing = chart(new Panel("one", List.of(MEASURED, BASELINE)), new Panel("two", List.of(MEASURED)),
        new Panel("three", List.of(BASELINE))).draw();
    for (Mark mark : drawing.marks()) {
      List<Point> points = switch (mark) {
        case Line line -> line.points();
        case Dot dot -> List.of(dot.centre());
        case Text text -> List.of(text.at());
      };
      for (Point point : points) {
        assertTrue(point.x() > 0 && point.x() < drawing.width() && point.y() > 0 && point.y() < drawing.height(),
            mark.toString());
      }
    }
  }

  @Test
  void chartsOfNothingAreRefused() {
    assertThrows(IllegalArgumentException.class, LineChartTest::chart);
    assertThrows(IllegalArgumentException.class, () -> new LineChart("", "", "", List.of(), 100, 20,
        List.of(new Panel("shape", List.of()))));
    assertThrows(IllegalArgumentException.class, () -> new LineChart("", "", "", List.of("1"), Double.NaN, 20,
        List.of(new Panel("shape", List.of()))));
  }
}
