package org.bitloom.picture;

import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a drawing as SVG 1.1. */
public final class SvgWriter {
  private SvgWriter() {
  }

  /** The document. */
  public static String write(Drawing drawing) {
    StringBuilder svg = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\">\n".formatted(
            drawing.width(), drawing.height(), drawing.width(), drawing.height()));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    drawing.marks().forEach(mark -> svg.append(element(mark)).append('\n'));
    return svg.append("</svg>\n").toString();
  }

  private static String element(Mark mark) {
    return switch (mark) {
      case Mark.Line line -> "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>".formatted(
          line.points().stream().map(p -> number(p.x()) + "," + number(p.y())).collect(Collectors.joining(" ")),
          line.colour().hex(), number(line.width()), switch (line.stroke()) {
            case SOLID -> "";
            case DASHED -> " stroke-dasharray=\"%s %s\"".formatted(number(Drawing.DASH), number(Drawing.GAP));
          });
      case Mark.Dot dot -> "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\"/>".formatted(number(dot.centre().x()),
          number(dot.centre().y()), number(dot.radius()), dot.colour().hex());
      case Mark.Text text ->
        "<text x=\"%s\" y=\"%s\" font-family=\"sans-serif\" font-size=\"%s\" text-anchor=\"%s\" fill=\"%s\">%s</text>"
            .formatted(number(text.at().x()), number(text.at().y()), number(text.size()),
                text.anchor().name().toLowerCase(Locale.ROOT), text.colour().hex(), escape(text.text()));
    };
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
