package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

import org.bitloom.picture.LineChart;
import org.bitloom.picture.LineChart.Kind;
import org.bitloom.picture.LineChart.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    List<Path> files = BandwidthPicture.write(temp.resolve("new/folder"), "NVIDIA H100 80GB HBM3", ROWS);
    String svg = Files.readString(files.getFirst());
    assertTrue(svg.contains(">int4</text>") && svg.contains(">8192 x 4096</text>"), svg);
    assertTrue(Files.size(files.getLast()) > 5000);
  }
}
