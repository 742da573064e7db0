package org.bitloom.job;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

import org.bitloom.picture.LineChart;
import org.bitloom.picture.LineChart.Kind;
import org.bitloom.picture.LineChart.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BandwidthPictureTest {
  @TempDir
  private Path temp;

  private static TuneRow row(String format, int n, int m, double us, OptionalDouble cublas) {
    return new TuneRow(format, n, 4096, m, us, 8, cublas, 15, 1000, "n1", OptionalDouble.empty());
  }

  private static final List<TuneRow> ROWS = List.of(row("int4", 4096, 1, 10, OptionalDouble.of(20)),
      row("int4", 4096, 16, 16, OptionalDouble.of(30)), row("fp6", 4096, 16, 8, OptionalDouble.of(30)),
      row("int4", 8192, 1, 40, OptionalDouble.empty()));

  @Test
  void drawsOneChartAShapeOneLineAFormatAndCublas() {
    LineChart chart = BandwidthPicture.chart("GPU", ROWS);
    assertEquals(List.of("1", "16"), chart.xLabels());
    assertEquals(List.of("4096 x 4096", "8192 x 4096"), chart.panels().stream().map(LineChart.Panel::title).toList());
    assertEquals(List.of(new Series("int4", Kind.MEASURED, List.of(80.0, 50.0)),
        new Series("fp6", Kind.MEASURED, List.of(Double.NaN, 100.0)),
        new Series("cuBLAS, 16 bit", Kind.BASELINE, List.of(75.0, 50.0))), chart.panels().getFirst().series());
    assertEquals(1, chart.panels().getLast().series().size(), "cuBLAS was not measured there");
  }

  @Test
  void writesBothFilesToAFolderThatMayNotExist() throws IOException {
    Path folder = temp.resolve("new/folder");
    List<Path> files = BandwidthPicture.write(folder, "NVIDIA H100 80GB HBM3", ROWS);
    assertEquals(List.of(folder.resolve("bandwidth.svg"), folder.resolve("bandwidth.png")), files);
  }

  private static List<Element> elements(Document svg, String tag) {
    NodeList nodes = svg.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  /** Five values of the first shape and one of the second. */
  @Test
  void bothFilesShowEveryValue() throws Exception {
    List<Path> files = BandwidthPicture.write(temp, "NVIDIA H100 80GB HBM3", ROWS);
    Document svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(files.getFirst().toFile());
    List<String> texts = elements(svg, "text").stream().map(Node::getTextContent).toList();
    assertTrue(texts.getFirst().contains("NVIDIA H100 80GB HBM3"), texts.getFirst());
    assertTrue(texts.containsAll(List.of("4096 x 4096", "8192 x 4096", "int4", "fp6", "cuBLAS, 16 bit", "batch", "16")),
        texts.toString());
    List<Element> dots = elements(svg, "circle");
    assertEquals(6, dots.size());

    BufferedImage png = ImageIO.read(files.getLast().toFile());
    Element sheet = svg.getDocumentElement();
    assertEquals(2 * Integer.parseInt(sheet.getAttribute("width")), png.getWidth());
    assertEquals(2 * Integer.parseInt(sheet.getAttribute("height")), png.getHeight());
    Map<String, String> shown = new HashMap<>();
    dots.forEach(dot -> shown.put(dot.getAttribute("cx") + " " + dot.getAttribute("cy"), dot.getAttribute("fill")));
    assertEquals(5, shown.size(), "int4 and cuBLAS meet at batch 16, where the later one is seen");
    shown.forEach((place, colour) -> {
      String[] at = place.split(" ");
      int pixel = png.getRGB((int) (2 * Double.parseDouble(at[0])), (int) (2 * Double.parseDouble(at[1])));
      assertEquals(colour, "#%06x".formatted(pixel & 0xffffff), place);
    });
  }
}
