package org.bitloom.cli;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.StringJoiner;

/** Writes one flat JSON object on one line, members in the order of the calls. */
final class JsonObject {
  private final StringJoiner members = new StringJoiner(", ", "{", "}");

  JsonObject text(String name, String value) {
    return member(name, quote(value));
  }

  JsonObject number(String name, long value) {
    return member(name, Long.toString(value));
  }

  /** A number that is not finite becomes null, for JSON has none. */
  JsonObject number(String name, double value) {
    return member(name, Double.isFinite(value) ? Double.toString(value) : "null");
  }

  JsonObject number(String name, OptionalDouble value) {
    return value.isPresent() ? number(name, value.getAsDouble()) : member(name, "null");
  }

  JsonObject number(String name, OptionalInt value) {
    return value.isPresent() ? number(name, value.getAsInt()) : member(name, "null");
  }

  private JsonObject member(String name, String json) {
    members.add(quote(name) + ": " + json);
    return this;
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars().forEach(c -> {
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ') {
            quoted.append(String.format("\\u%04x", c));
          } else {
            quoted.append((char) c);
          }
        }
      }
    });
    return quoted.append('"').toString();
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
