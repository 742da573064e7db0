package org.bitloom.runtime.tune;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;

/** Reads tuning files strictly: every key once, none unknown, none missing, nothing behind the end. */
final class TuningParser {
  private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();
  private static final List<String> TEXTS = List.of("device", "format", "kernel", "layout", "driver", "nvrtc",
      "generator", "schedule");
  private static final List<String> INTEGERS = List.of("n", "k", "bucket", "m");
  private static final String TIME = "us";

  private final String name;
  private final JsonParser json;

  private TuningParser(String name, JsonParser json) {
    this.name = name;
    this.json = json;
  }

  static List<TuningEntry> parse(String name, String text) {
    try (JsonParser json = JSON.createParser(text)) {
      return new TuningParser(name, json).file();
    } catch (JsonProcessingException e) {
      throw new TuningFileException(
          name + " is damaged in line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new TuningFileException(name + " cannot be read: " + e, e);
    }
  }

  private List<TuningEntry> file() throws IOException {
    require(json.nextToken() == JsonToken.START_ARRAY, "it does not start with '['");
    long version = version();
    List<TuningEntry> entries = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      entries.add(entry(version));
    }
    require(json.nextToken() == null, "it goes on behind its closing ']'");
    return entries;
  }

  /** Only the version's own object is read before it is known to be one that this program understands. */
  private long version() throws IOException {
    boolean found = json.nextToken() == JsonToken.START_OBJECT && json.nextToken() == JsonToken.FIELD_NAME
        && json.currentName().equals(TuningJson.VERSION_KEY) && json.nextToken() == JsonToken.VALUE_NUMBER_INT;
    require(found, "its first element is not {\"" + TuningJson.VERSION_KEY + "\":" + TuningJson.VERSION + "}");
    long version = json.getLongValue();
    if (version > TuningJson.VERSION) {
      throw new TuningFileException(name + " was written by a newer Bitloom (version " + version
          + " of the file, this program reads " + TuningJson.VERSION + "); it is ignored and left alone");
    }
    require(version == TuningJson.VERSION || version == TuningJson.EIGHTS, "there is no version " + version);
    require(json.nextToken() == JsonToken.END_OBJECT, "its version holds more than a number");
    return version;
  }

  private TuningEntry entry(long version) throws IOException {
    require(json.currentToken() == JsonToken.START_OBJECT, "an entry is no object");
    Map<String, String> texts = new HashMap<>();
    Map<String, Integer> integers = new HashMap<>();
    double us = Double.NaN;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      if (TEXTS.contains(key)) {
        require(value == JsonToken.VALUE_STRING, "'" + key + "' is no string");
        texts.put(key, json.getText());
      } else if (INTEGERS.contains(key)) {
        require(value == JsonToken.VALUE_NUMBER_INT, "'" + key + "' is no integer");
        integers.put(key, json.getIntValue());
      } else {
        require(key.equals(TIME) && value.isNumeric(), "an entry has an unknown or wrong '" + key + "'");
        us = json.getDoubleValue();
      }
    }
    for (String key : TEXTS) {
      require(texts.containsKey(key), "an entry has no '" + key + "'");
    }
    for (String key : INTEGERS) {
      require(integers.containsKey(key), "an entry has no '" + key + "'");
    }
    if (version == TuningJson.EIGHTS) {
      int m = Math.max(1, integers.get("m"));
      require(integers.get("bucket") == Math.ceilDiv(m, 8), "batch " + m + " lies in another bucket");
      integers.put("bucket", TuningKey.bucket(m));
    }
    return entry(texts, integers, us);
  }

  private TuningEntry entry(Map<String, String> texts, Map<String, Integer> integers, double us) {
    try {
      TuningKey key = new TuningKey(
          new TuningPlatform(texts.get("device"), texts.get("driver"), texts.get("nvrtc")), texts.get("generator"),
          texts.get("format"), texts.get("layout"), texts.get("kernel"), integers.get("n"),
          integers.get("k"), integers.get("bucket"));
      return new TuningEntry(key, texts.get("schedule"), integers.get("m"), us);
    } catch (IllegalArgumentException e) {
      throw damaged(e.getMessage());
    }
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw damaged(otherwise);
    }
  }

  private TuningFileException damaged(String what) {
    return new TuningFileException(name + " is damaged in line " + json.currentLocation().getLineNr() + ": " + what);
  }
}
