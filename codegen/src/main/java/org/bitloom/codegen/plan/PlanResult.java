package org.bitloom.codegen.plan;

import java.util.function.Function;

import org.bitloom.dsl.source.Span;

/** What the planner answers: a plan, or where and why there is none. */
public sealed interface PlanResult {
  /** A kernel that can be generated. */
  record Planned(KernelPlan plan) implements PlanResult {
  }

  /** A kernel that no family can run. */
  record Unsupported(Span span, String reason) implements PlanResult {
  }

  /** The plan, or the exception that {@code failure} makes of the reason. */
  default KernelPlan orElseThrow(Function<Unsupported, ? extends RuntimeException> failure) {
    return switch (this) {
      case Planned planned -> planned.plan();
      case Unsupported unsupported -> throw failure.apply(unsupported);
    };
  }
}
