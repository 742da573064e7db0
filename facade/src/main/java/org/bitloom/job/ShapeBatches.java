package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.runtime.api.Problem;

/** Products of one weight matrix with several batches; written {@code NxK}, or {@code NxK@M+M} with batches of its own. */
public record ShapeBatches(Shape shape, List<Integer> batches) {
  public ShapeBatches {
    batches = List.copyOf(batches);
    if (batches.isEmpty()) {
      throw new BadInput("a shape has at least one batch");
    }
    batches.forEach(shape::product);
  }

  /** Parses one; where it names no batches it has {@code usual}. */
  public static ShapeBatches parse(String text, List<Integer> usual) {
    int at = text.indexOf('@');
    if (at < 0) {
      return new ShapeBatches(Shape.parse(text), usual);
    }
    List<Integer> own = new ArrayList<>();
    for (String batch : text.substring(at + 1).split("\\+", -1)) {
      try {
        own.add(Integer.valueOf(batch.strip()));
      } catch (NumberFormatException e) {
        throw new BadInput("'" + text + "' has no batches behind its @; expected NxK@M+M, such as 4096x4096@1+16", e);
      }
    }
    return new ShapeBatches(Shape.parse(text.substring(0, at)), own);
  }

  /** The largest batch. */
  int most() {
    return batches.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  /** All products. */
  List<Problem> problems() {
    return batches.stream().map(shape::product).toList();
  }
}
