package org.bitloom.runtime.api;

/** A schedule that cannot run, and why. */
public record RejectedSchedule(Schedule schedule, String reason) {
}
