package org.bitloom.codegen.plan;

/** The kernel families of this generator. */
public enum Family {
  /** Decodes weights of up to 8 bits into f16 or bf16 fragments for mma.sync; batch 1 to 64, sm_80 and newer. */
  DEQUANT_MMA("dequant-mma");

  private final String title;

  Family(String title) {
    this.title = title;
  }

  /** The name people use. */
  public String title() {
    return title;
  }
}
