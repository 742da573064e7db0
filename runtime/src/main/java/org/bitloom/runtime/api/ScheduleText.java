package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the schedules of one family are spelled: {@code family}, then each number behind its name, between dots.
 *
 * @param names of the numbers, in order; letters only
 */
record ScheduleText(String family, List<String> names) {
  private static final int LARGEST = 4096;

  ScheduleText(String family, String... names) {
    this(family, List.of(names));
  }

  /** The family that {@code text} starts with. */
  static String family(String text) {
    int dot = text.indexOf('.');
    return dot < 0 ? text : text.substring(0, dot);
  }

  /**
   * Checks the numbers of a schedule but how many blocks share a problem, which grows with it. Two of them and the sizes of an MMA
   * have a product that fits an int.
   */
  static void requireNumbers(int... numbers) {
    for (int number : numbers) {
      if (number < 1 || number > LARGEST) {
        throw new IllegalArgumentException("every number of a schedule is 1.." + LARGEST + ", not " + number);
      }
    }
  }

  /** Checks how many blocks share a problem. */
  static void requireBlocks(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("at least one block works on a problem, not " + number);
    }
  }

  String print(List<Integer> numbers) {
    return IntStream.range(0, names.size()).mapToObj(i -> "." + names.get(i) + numbers.get(i))
        .collect(Collectors.joining("", family, ""));
  }

  List<Integer> parse(String text) {
    String[] parts = text.split("\\.", -1);
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < names.size() && i + 1 < parts.length; i++) {
      if (parts[i + 1].matches(names.get(i) + "\\d{1,9}")) {
        numbers.add(Integer.parseInt(parts[i + 1].substring(names.get(i).length())));
      }
    }
    if (numbers.size() != names.size() || parts.length != names.size() + 1) {
      throw new IllegalArgumentException("not a schedule: '" + text + "', expected " + family
          + names.stream().map(name -> "." + name + "1").collect(Collectors.joining()) + " with numbers of your own");
    }
    return numbers;
  }
}
