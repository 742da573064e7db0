package org.bitloom.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.DeviceLimits;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.RejectedSchedule;
import org.bitloom.runtime.api.Schedule;

/** Says which schedules a kernel may run with on an H100, which it would try first, and why others are out. */
public final class SpaceReport {
  private static final int SHOWN = 5;

  private SpaceReport() {
  }

  /** The schedules of {@code kernel} for {@code problem}. */
  public static String of(KernelUnit kernel, Problem problem) {
    List<Schedule> ranked = kernel.space().ranked(problem, DeviceLimits.H100);
    List<RejectedSchedule> rejected = kernel.space().rejected(problem, DeviceLimits.H100);
    StringBuilder text = new StringBuilder();
    text.append("schedules for %d x %d, batch %d, on an H100: %d legal, %d rejected%n".formatted(problem.n(),
        problem.k(), problem.m(), ranked.size(), rejected.size()));
    if (!ranked.isEmpty()) {
      text.append("  first choice  %s%n".formatted(kernel.space().firstChoice(problem, DeviceLimits.H100)));
      text.append("  best ranked   %s%n".formatted(
          ranked.stream().limit(SHOWN).map(Schedule::toString).collect(Collectors.joining(", "))));
    }
    groups(rejected).forEach(group -> text.append("  rejected %5d  %s: %s%n".formatted(group.size(),
        group.getFirst().schedule(), group.getFirst().reason())));
    return text.toString().stripTrailing();
  }

  /** Reasons that differ in numbers only are one group, shown by its first; the largest group first. */
  private static List<List<RejectedSchedule>> groups(Collection<RejectedSchedule> rejected) {
    Map<String, List<RejectedSchedule>> groups = rejected.stream().collect(
        Collectors.groupingBy(one -> one.reason().replaceAll("\\d+", "#"), LinkedHashMap::new, Collectors.toList()));
    return groups.values().stream().sorted(Comparator.comparingInt(group -> -group.size())).toList();
  }
}
