package org.bitloom.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.bitloom.picture.Mark.Point;

/**
 * A font of straight strokes for what charts are labelled with. A glyph is a list of strokes, a stroke a list of points, a
 * point two digits: x 0..4, y 0..9 upwards with the base line at 2, small letters up to 7, capitals up to 9.
 */
final class StrokeFont {
  private static final int BASE = 2;
  private static final double ADVANCE = 6;
  private static final double GLYPH = 4;
  /** Grid units in the size of a text. */
  private static final double UNITS = 10;
  private static final String UNKNOWN = "0209494202";
  private static final Map<Character, String> GLYPHS = glyphs("""
      0 123243483919080312
      1 182922 1232
      2 08193948460242
      3 0819394847364543321203 1636
      4 32390444
      5 490906364543321203
      6 4839190803123243453606
      7 094912
      8 16070819394847361605031232434536
      9 0312324348391908061545
      a 0617374642 43321203041545
      b 0902 0312324346371706
      c 4637170603123243
      d 4942 4332120306173746
      e 05454637170603123243
      f 12182939 0636
      g 4741301001 4637170604133344
      h 0902 0617374642
      i 2722 2929
      j 37312010 3939
      k 0902 4704 1542
      l 192922 1232
      m 0207 06172622 26374642
      n 0207 0617374642
      o 123243463717060312
      p 0700 0617374643321203
      q 4740 4637170603123243
      r 0207 06173746
      s 46371706153443321203
      t 19132232 0737
      u 0703123243 4742
      v 072247
      w 0712263247
      x 0742 4702
      y 0722 4710
      z 07470242
      A 022942 1434
      B 02093948473606 3645433202
      C 4839190803123243
      D 02092947442202
      E 49090242 0636
      F 490902 0636
      G 48391908031232434525
      H 0902 4942 0646
      I 1939 2922 1232
      J 4943321203
      K 0902 4905 1642
      L 090242
      M 0209264942
      N 02094249
      O 123243483919080312
      P 02093948463505
      Q 123243483919080312 2442
      R 02093948463505 2542
      S 483919080716354443321203
      T 0949 2922
      U 090312324349
      V 092249
      W 0912263249
      X 0942 4902
      Y 0926 4926 2622
      Z 09490242
      . 1212
      , 1201
      : 2323 2626
      - 1535
      _ 0141
      / 0149
      % 0249 0919180809 3343423233
      ( 39282332
      ) 19282312
      + 2327 0545
      = 0646 0444
      """);

  private StrokeFont() {
  }

  private static Map<Character, String> glyphs(String table) {
    Map<Character, String> glyphs = new TreeMap<>();
    table.lines().forEach(line -> glyphs.put(line.charAt(0), line.substring(2)));
    glyphs.put(' ', "");
    return Map.copyOf(glyphs);
  }

  /** The strokes of {@code text}; a character without a glyph becomes a box. */
  static List<List<Point>> strokes(Mark.Text text) {
    double unit = text.size() / UNITS;
    double width = unit * (ADVANCE * text.text().length() - (ADVANCE - GLYPH));
    double x = text.at().x() - switch (text.anchor()) {
      case START -> 0;
      case MIDDLE -> width / 2;
      case END -> width;
    };
    List<List<Point>> strokes = new ArrayList<>();
    for (char c : text.text().toCharArray()) {
      for (String stroke : GLYPHS.getOrDefault(c, UNKNOWN).split(" ", -1)) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i + 1 < stroke.length(); i += 2) {
          points.add(new Point(x + unit * (stroke.charAt(i) - '0'),
              text.at().y() - unit * (stroke.charAt(i + 1) - '0' - BASE)));
        }
        if (!points.isEmpty()) {
          strokes.add(points);
        }
      }
      x += ADVANCE * unit;
    }
    return strokes;
  }

  /** Whether every character of {@code text} has a glyph. */
  static boolean draws(String text) {
    return text.chars().allMatch(c -> GLYPHS.containsKey((char) c));
  }

  /** Width of a stroke for a text of {@code size}. */
  static double strokeWidth(double size) {
    return Math.max(1, size / 11);
  }
}
