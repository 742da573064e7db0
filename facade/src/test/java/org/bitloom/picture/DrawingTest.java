package org.bitloom.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

import org.bitloom.picture.Mark.Anchor;
import org.bitloom.picture.Mark.Colour;
import org.bitloom.picture.Mark.Point;
import org.bitloom.picture.Mark.Stroke;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DrawingTest {
  private static final int WHITE = 0xffffff;
  private static final Colour RED = new Colour(255, 0, 0);
  private static final Colour BLACK = new Colour(0, 0, 0);

  private static BufferedImage image(int scale, Mark... marks) throws IOException {
    byte[] png = PngWriter.write(new Drawing(60, 40, List.of(marks)), scale);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertNotNull(image, "another reader must understand the file");
    return image;
  }

  private static int pixel(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & WHITE;
  }

  private static long inked(BufferedImage image) {
    return Stream.iterate(0, i -> i < image.getWidth() * image.getHeight(), i -> i + 1)
        .filter(i -> pixel(image, i % image.getWidth(), i / image.getWidth()) != WHITE).count();
  }

  @Test
  void pngShowsALineWhereItIs() throws IOException {
    BufferedImage image = image(2,
        new Mark.Line(List.of(new Point(10, 20), new Point(50, 20)), RED, 4, Stroke.SOLID));
    assertEquals(120, image.getWidth());
    assertEquals(80, image.getHeight());
    assertEquals(0xff0000, pixel(image, 60, 40));
    assertEquals(WHITE, pixel(image, 60, 30));
    assertEquals(WHITE, pixel(image, 10, 40));
  }

  @Test
  void dashesLeaveGaps() throws IOException {
    List<Point> points = List.of(new Point(5, 20), new Point(28, 20), new Point(55, 20));
    long solid = inked(image(1, new Mark.Line(points, RED, 2, Stroke.SOLID)));
    long dashed = inked(image(1, new Mark.Line(points, RED, 2, Stroke.DASHED)));
    assertTrue(dashed > solid / 2 && dashed < solid * 9 / 10, dashed + " of " + solid);
  }

  @Test
  void marksBeyondTheSheetAreCut() throws IOException {
    BufferedImage image = image(1, new Mark.Dot(new Point(0, 0), 5, RED), new Mark.Dot(new Point(90, 90), 5, RED),
        new Mark.Line(List.of(new Point(-20, 39), new Point(99, 39)), RED, 2, Stroke.SOLID));
    assertEquals(0xff0000, pixel(image, 0, 0));
    assertEquals(0xff0000, pixel(image, 59, 39));
  }

  @Test
  void textIsAnchored() throws IOException {
    BufferedImage end = image(1, new Mark.Text(new Point(30, 20), "123", 10, Anchor.END, BLACK));
    BufferedImage start = image(1, new Mark.Text(new Point(30, 20), "123", 10, Anchor.START, BLACK));
    assertTrue(inked(end.getSubimage(0, 0, 29, 40)) > 20 && inked(end.getSubimage(32, 0, 28, 40)) == 0);
    assertTrue(inked(start.getSubimage(32, 0, 28, 40)) > 20 && inked(start.getSubimage(0, 0, 28, 40)) == 0);
  }

  @Test
  void svgIsXmlWhateverTheText() throws Exception {
    String svg = SvgWriter.write(new Drawing(60, 40,
        List.of(new Mark.Text(new Point(1.5, 2), "a < b & \"c\" > d", 10, Anchor.MIDDLE, BLACK),
            new Mark.Dot(new Point(100, 0), 2, RED),
            new Mark.Line(List.of(new Point(0, 0), new Point(1, 1)), RED, 1, Stroke.DASHED))));
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("a < b & \"c\" > d", document.getElementsByTagName("text").item(0).getTextContent());
    assertEquals("100",
        document.getElementsByTagName("circle").item(0).getAttributes().getNamedItem("cx").getNodeValue());
    assertEquals("0,0 1,1",
        document.getElementsByTagName("polyline").item(0).getAttributes().getNamedItem("points").getNodeValue());
  }

  @Test
  void theFontDrawsEveryLetterAndFigure() {
    for (char c = '0'; c <= 'z'; c++) {
      if (Character.isLetterOrDigit(c)) {
        assertTrue(StrokeFont.draws(String.valueOf(c)), "no glyph for " + c);
      }
    }
    assertTrue(StrokeFont.draws(" .,:-_/%()+="));
  }
}
