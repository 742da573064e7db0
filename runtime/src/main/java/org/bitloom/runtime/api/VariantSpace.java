package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The schedules of all variants of a kernel together. */
record VariantSpace(List<KernelVariant> variants) implements ScheduleSpace {
  VariantSpace {
    variants = List.copyOf(variants);
  }

  @Override
  public List<Schedule> candidates(Problem problem, DeviceLimits limits) {
    return all(space -> space.candidates(problem, limits));
  }

  @Override
  public List<RejectedSchedule> rejected(Problem problem, DeviceLimits limits) {
    return all(space -> space.rejected(problem, limits));
  }

  private <T> List<T> all(Function<ScheduleSpace, List<T>> each) {
    List<T> all = new ArrayList<>();
    variants.forEach(variant -> all.addAll(each.apply(variant.space())));
    return all;
  }

  @Override
  public Optional<String> rejection(Schedule schedule, Problem problem, DeviceLimits limits) {
    return find(schedule).map(variant -> variant.space().rejection(schedule, problem, limits))
        .orElseGet(() -> Optional.of("this kernel has no family " + schedule.family()));
  }

  @Override
  public double estimateUs(Schedule schedule, Problem problem, DeviceLimits limits) {
    return variant(schedule).space().estimateUs(schedule, problem, limits);
  }

  @Override
  public LaunchShape launch(Schedule schedule, Problem problem) {
    return variant(schedule).space().launch(schedule, problem);
  }

  /** The variant that {@code schedule} belongs to. */
  KernelVariant variant(Schedule schedule) {
    return find(schedule).orElseThrow(
        () -> new IllegalArgumentException("this kernel has no family " + schedule.family()));
  }

  private Optional<KernelVariant> find(Schedule schedule) {
    return variants.stream().filter(variant -> variant.family().equals(schedule.family())).findFirst();
  }
}
