package org.bitloom.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import org.bitloom.picture.Drawing;
import org.bitloom.picture.LineChart;
import org.bitloom.picture.LineChart.Kind;
import org.bitloom.picture.LineChart.Panel;
import org.bitloom.picture.LineChart.Series;
import org.bitloom.picture.PngWriter;
import org.bitloom.picture.SvgWriter;

/** Shows tuned kernels: achieved bandwidth as a part of the read floor's, over batch; one chart a shape, one line a format. */
public final class BandwidthPicture {
  private static final String NAME = "bandwidth";
  private static final int PNG_SCALE = 2;
  private static final double FULL = 100;

  private BandwidthPicture() {
  }

  /** The chart of {@code rows}. */
  static LineChart chart(String deviceName, List<TuneRow> rows) {
    List<Integer> batches = rows.stream().map(TuneRow::m).distinct().sorted().toList();
    List<Panel> panels = rows.stream().map(row -> new Shape(row.n(), row.k())).distinct()
        .map(shape -> panel(shape, batches,
            rows.stream().filter(row -> row.n() == shape.n() && row.k() == shape.k()).toList()))
        .toList();
    return new LineChart("Bandwidth reached, in % of the read floor (" + deviceName + ")",
        "Packed weights over the time of a kernel that only reads them. cuBLAS: the same of 16-bit weights.",
        "batch", batches.stream().map(String::valueOf).toList(), FULL, 20, panels);
  }

  private static Panel panel(Shape shape, List<Integer> batches, List<TuneRow> rows) {
    List<Series> series = new ArrayList<>();
    for (String format : rows.stream().map(TuneRow::format).distinct().toList()) {
      series.add(new Series(format, Kind.MEASURED, percent(batches,
          rows.stream().filter(row -> row.format().equals(format)).toList(), row -> row.floorUs() / row.us())));
    }
    if (rows.stream().anyMatch(row -> row.cublasUs().isPresent())) {
      series.add(new Series("cuBLAS, 16 bit", Kind.BASELINE,
          percent(batches, rows, row -> row.denseFloorUs() / row.cublasUs().orElse(Double.NaN))));
    }
    return new Panel(shape.n() + " x " + shape.k(), series);
  }

  private static List<Double> percent(List<Integer> batches, List<TuneRow> rows, ToDoubleFunction<TuneRow> part) {
    return batches.stream().map(m -> rows.stream().filter(row -> row.m() == m).findFirst()
        .map(row -> FULL * part.applyAsDouble(row)).orElse(Double.NaN)).toList();
  }

  /** Writes {@code bandwidth.svg} and {@code bandwidth.png} to {@code folder}. */
  public static List<Path> write(Path folder, String deviceName, List<TuneRow> rows) throws IOException {
    Drawing drawing = chart(deviceName, rows).draw();
    Files.createDirectories(folder);
    return List.of(Files.writeString(folder.resolve(NAME + ".svg"), SvgWriter.write(drawing)),
        Files.write(folder.resolve(NAME + ".png"), PngWriter.write(drawing, PNG_SCALE)));
  }
}
