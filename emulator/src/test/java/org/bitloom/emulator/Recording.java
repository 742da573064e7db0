package org.bitloom.emulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * What the probe kernels of src/test/probes answered on a GPU.
 *
 * @param gpu the GPU's name
 */
record Recording(String gpu, List<Probe> probes) {
  /**
   * One probe: words of all threads, {@code in[thread][ins]} and {@code out[thread][outs]}.
   *
   * @param block threads of a block
   */
  record Probe(String name, int ins, int outs, int block, IntBuffer in, IntBuffer out) {
    int threads() {
      return out.capacity() / outs;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The recording beside the tests. */
  static Recording load() {
    try (InputStream raw = Recording.class.getResourceAsStream("/recorded.csv.gz")) {
      return read(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recording read(InputStream raw) throws IOException {
    BufferedReader lines = new BufferedReader(
        new InputStreamReader(new GZIPInputStream(raw), StandardCharsets.US_ASCII));
    String gpu = lines.readLine().split(",", 2)[1];
    List<Probe> probes = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    String header = lines.readLine();
    while (header != null) {
      rows.clear();
      String line = lines.readLine();
      while (line != null && !line.startsWith("probe,")) {
        rows.add(line);
        line = lines.readLine();
      }
      probes.add(probe(header.split(",", -1), rows));
      header = line;
    }
    return new Recording(gpu, List.copyOf(probes));
  }

  private static Probe probe(String[] header, List<String> rows) {
    int ins = Integer.parseInt(header[2]);
    int outs = Integer.parseInt(header[3]);
    int[] in = new int[rows.size() * ins];
    int[] out = new int[rows.size() * outs];
    for (int t = 0; t < rows.size(); t++) {
      String[] words = rows.get(t).split(",", -1);
      for (int i = 0; i < ins; i++) {
        in[t * ins + i] = Integer.parseUnsignedInt(words[i], 16);
      }
      for (int i = 0; i < outs; i++) {
        out[t * outs + i] = Integer.parseUnsignedInt(words[ins + i], 16);
      }
    }
    return new Probe(header[1], ins, outs, Integer.parseInt(header[4]), IntBuffer.wrap(in), IntBuffer.wrap(out));
  }
}
