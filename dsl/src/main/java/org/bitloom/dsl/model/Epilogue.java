package org.bitloom.dsl.model;

/** What a kernel does to a result before it is stored, in declaration order. */
public enum Epilogue {
  BIAS, SILU, GELU;

  /** The spelling of the language. */
  public String spelling() {
    return switch (this) {
      case BIAS -> "bias";
      case SILU -> "silu";
      case GELU -> "gelu";
    };
  }
}
