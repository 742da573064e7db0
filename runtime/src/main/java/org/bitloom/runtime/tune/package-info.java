/**
 * Chooses schedules by measurement and remembers the winners. Nothing here knows a GPU: measuring lies behind
 * {@link org.bitloom.runtime.tune.ScheduleTimer}, versions come as a {@link org.bitloom.runtime.tune.TuningPlatform}.
 */
package org.bitloom.runtime.tune;
