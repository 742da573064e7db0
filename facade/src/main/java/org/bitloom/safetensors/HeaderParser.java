package org.bitloom.safetensors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;

/** Reads the JSON of a header, strictly: every key once, nothing unknown, every number a non-negative integer. */
final class HeaderParser {
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxStringLength((int) Header.MAX_BYTES)
          .maxNameLength((int) Header.MAX_BYTES).maxNestingDepth(8).build())
      .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
      .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
      .build();

  private final Path file;
  private final JsonParser json;
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private HeaderParser(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /** The header as written; offsets are not yet checked against the data. */
  static Header parse(Path file, String text) {
    if (!text.startsWith("{")) {
      throw new SafetensorsException(file, "the header does not start with '{'");
    }
    try (JsonParser json = JSON.createParser(text)) {
      HeaderParser parser = new HeaderParser(file, json);
      parser.header();
      return new Header(parser.tensors, Collections.unmodifiableMap(parser.metadata));
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(file, "the header is no valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new SafetensorsException(file, "the header cannot be read", e);
    }
  }

  private void header() throws IOException {
    json.nextToken();
    Set<String> names = new HashSet<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      if (!names.add(name)) {
        throw fail(name, "appears twice");
      }
      json.nextToken();
      if (name.equals(Header.METADATA)) {
        metadata();
      } else {
        tensors.add(tensor(name));
      }
    }
    if (json.nextToken() != null) {
      throw new SafetensorsException(file, "the header goes on after its closing '}'");
    }
  }

  private void metadata() throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new SafetensorsException(file, Header.METADATA + " is no object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw new SafetensorsException(file, Header.METADATA + " '" + key + "' is no string");
      }
      if (metadata.put(key, json.getText()) != null) {
        throw new SafetensorsException(file, Header.METADATA + " '" + key + "' appears twice");
      }
    }
  }

  private TensorInfo tensor(String name) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw fail(name, "is no object");
    }
    Set<String> seen = new HashSet<>();
    DType dtype = DType.U8;
    List<Long> shape = List.of();
    List<Long> offsets = List.of();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      if (!seen.add(key)) {
        throw fail(name, "has '" + key + "' twice");
      }
      json.nextToken();
      switch (key) {
        case "dtype" -> dtype = dtype(name);
        case "shape" -> shape = integers(name, key);
        case "data_offsets" -> offsets = integers(name, key);
        default -> throw fail(name, "has the unknown key '" + key + "'");
      }
    }
    for (String key : List.of("dtype", "shape", "data_offsets")) {
      if (!seen.contains(key)) {
        throw fail(name, "has no '" + key + "'");
      }
    }
    if (offsets.size() != 2) {
      throw fail(name, "has " + offsets.size() + " data_offsets instead of 2");
    }
    return new TensorInfo(name, dtype, shape, offsets.getFirst(), offsets.getLast());
  }

  private DType dtype(String name) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw fail(name, "has a dtype that is no string");
    }
    String text = json.getText();
    return DType.named(text).orElseThrow(() -> fail(name, "has the unknown dtype '" + text + "'"));
  }

  private List<Long> integers(String name, String key) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw fail(name, "has a " + key + " that is no array");
    }
    List<Long> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw fail(name, "has a " + key + " that holds more than integers: " + json.getText());
      }
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw fail(name, "has a " + key + " of " + json.getText() + ", which overflows 63 bits");
      }
      long number = json.getLongValue();
      if (number < 0) {
        throw fail(name, "has a " + key + " of " + number + ", which is negative");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private SafetensorsException fail(String tensor, String message) {
    return new SafetensorsException(file, "tensor '" + tensor + "' " + message);
  }
}
