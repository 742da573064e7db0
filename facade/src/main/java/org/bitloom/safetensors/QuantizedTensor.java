package org.bitloom.safetensors;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

/**
 * What a quantized file says of one tensor, in its metadata under {@code bitloom.tensor.NAME}.
 *
 * @param name the tensor's name before it was quantized
 * @param format name of its format
 * @param layout {@link org.bitloom.runtime.api.LayoutInfo#id()} of its packed bytes
 * @param n output features
 * @param k input features
 * @param original its element type before
 */
public record QuantizedTensor(String name, String format, String layout, int n, int k, DType original) {
  static final String KEY_PREFIX = "bitloom.tensor.";
  static final String NAME_SUFFIX = ".bitloom";
  private static final JsonFactory JSON = new JsonFactory();

  /** Name of the tensor that holds the packed bytes. */
  public String packedName() {
    return name + NAME_SUFFIX;
  }

  String toJson() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("format", format);
      json.writeStringField("layout", layout);
      json.writeNumberField("n", n);
      json.writeNumberField("k", k);
      json.writeStringField("dtype", original.name());
      json.writeEndObject();
    }
    return text.toString();
  }

  static QuantizedTensor parse(Path file, String name, String text) {
    Map<String, String> strings = new HashMap<>();
    Map<String, Integer> numbers = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      boolean object = json.nextToken() == JsonToken.START_OBJECT;
      while (object && json.nextToken() == JsonToken.FIELD_NAME) {
        String key = json.currentName();
        switch (json.nextToken()) {
          case VALUE_STRING -> strings.put(key, json.getText());
          case VALUE_NUMBER_INT -> {
            object &= json.getNumberType() == JsonParser.NumberType.INT;
            numbers.put(key, object ? json.getIntValue() : 0);
          }
          default -> object = false;
        }
      }
      DType original = DType.named(strings.getOrDefault("dtype", "")).orElse(DType.BOOL);
      int n = numbers.getOrDefault("n", 0);
      int k = numbers.getOrDefault("k", 0);
      if (!object || n < 1 || k < 1 || original == DType.BOOL || !strings.containsKey("format")
          || !strings.containsKey("layout")) {
        throw fail(file, name, text);
      }
      return new QuantizedTensor(name, strings.get("format"), strings.get("layout"), n, k, original);
    } catch (JsonProcessingException e) {
      throw new SafetensorsException(file, "metadata '" + KEY_PREFIX + name + "' is no valid JSON", e);
    } catch (IOException e) {
      throw new SafetensorsException(file, "metadata '" + KEY_PREFIX + name + "' cannot be read", e);
    }
  }

  private static SafetensorsException fail(Path file, String name, String text) {
    return new SafetensorsException(file, "metadata '" + KEY_PREFIX + name
        + "' should be {\"format\", \"layout\", \"n\", \"k\", \"dtype\"}, but is " + text);
  }
}
