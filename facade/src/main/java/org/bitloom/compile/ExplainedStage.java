package org.bitloom.compile;

/** A stage of the path from a declaration to a kernel, as {@code explain} shows it. */
public enum ExplainedStage {
  SYNTAX, MODEL, PLAN, LAYOUT, IR, CUDA, JAVA
}
