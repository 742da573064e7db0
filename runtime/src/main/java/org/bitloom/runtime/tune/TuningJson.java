package org.bitloom.runtime.tune;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

/**
 * The text of a tuning file: a JSON array of one line an element, the version first, then the entries in their order. Every
 * entry line starts with its comma, so that lines come and go without touching their neighbours and version control merges
 * files as lists of lines.
 */
final class TuningJson {
  /** Grows when the meaning of a file changes such that older programs must not read it. */
  static final int VERSION = 3;
  /** Its buckets are ceil(m/8); everything else is the same. */
  static final int EIGHTS = 2;
  static final String VERSION_KEY = "bitloom_tuning";

  private static final JsonFactory JSON = new JsonFactory();

  private TuningJson() {
  }

  /** The file that holds {@code entries}. */
  static String print(Collection<TuningEntry> entries) {
    StringBuilder text = new StringBuilder("[{\"" + VERSION_KEY + "\":" + VERSION + "}\n");
    for (TuningEntry entry : entries) {
      text.append(',').append(line(entry)).append('\n');
    }
    return text.append("]\n").toString();
  }

  private static String line(TuningEntry entry) {
    StringWriter text = new StringWriter();
    TuningKey key = entry.key();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("device", key.platform().device());
      json.writeStringField("format", key.format());
      json.writeStringField("kernel", key.kernel());
      json.writeStringField("layout", key.layout());
      json.writeNumberField("n", key.n());
      json.writeNumberField("k", key.k());
      json.writeNumberField("bucket", key.bucket());
      json.writeStringField("driver", key.platform().driver());
      json.writeStringField("nvrtc", key.platform().nvrtc());
      json.writeStringField("generator", key.generator());
      json.writeStringField("schedule", entry.schedule());
      json.writeNumberField("m", entry.m());
      json.writeNumberField("us", Math.round(entry.us() * 1000) / 1000.0);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return text.toString();
  }

  /**
   * The entries of a file.
   *
   * @param name what messages call the file
   * @throws TuningFileException if it is damaged, or of a newer version
   */
  static List<TuningEntry> parse(String name, String text) {
    return TuningParser.parse(name, text);
  }
}
