package org.bitloom.emulator.sanitize;

/** What a kernel did wrong. */
public enum FaultKind {
  OUT_OF_BOUNDS("access outside of any buffer"), MISALIGNED("misaligned access"), UNWRITTEN_READ(
      "read of memory that nobody wrote"), READ_ONLY("write to read-only memory"), OUTSIDE_OUTPUT(
          "write outside of the outputs"), OUTPUT_NOT_WRITTEN(
              "output never written"), COUNTER_NOT_RESET("counter not 0 after the launch"), SHARED_RACE(
                  "race in shared memory"), COPY_IN_FLIGHT(
                      "access to the destination of a copy in flight"), UNORDERED_REGISTER(
                          "register access not ordered with an asynchronous product"), DIVERGENT_BARRIER(
                              "barrier in divergent code"), DEADLOCK("deadlock"), HANG(
                                  "no end in sight"), INVALID_OPERAND(
                                      "invalid operand"), UNFENCED_WRITE(
                                          "write not fenced for asynchronous reads"), EARLY_ACCESS(
                                              "access to what earlier kernels may still use"), UNSUPPORTED(
                                                  "instruction not supported");

  private final String title;

  FaultKind(String title) {
    this.title = title;
  }

  /** The fault in words. */
  public String title() {
    return title;
  }
}
