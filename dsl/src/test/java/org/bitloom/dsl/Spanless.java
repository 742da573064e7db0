package org.bitloom.dsl;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.bitloom.dsl.source.Span;

/** Copies values made of records with every span replaced by {@link Span#NONE}, to compare what two texts say. */
public final class Spanless {
  private Spanless() {
  }

  /** A copy of {@code value} without spans; lists, optionals and records are copied, all else is shared. */
  public static Object of(Object value) {
    return switch (value) {
      case Span _ -> Span.NONE;
      case List<?> list -> list.stream().map(Spanless::of).toList();
      case Optional<?> optional -> optional.map(Spanless::of);
      case Record r -> copy(r);
      default -> value;
    };
  }

  private static Object copy(Record value) {
    RecordComponent[] components = value.getClass().getRecordComponents();
    Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] parts = Arrays.stream(components).map(component -> of(read(component, value))).toArray();
    try {
      return value.getClass().getDeclaredConstructor(types).newInstance(parts);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
