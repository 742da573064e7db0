package org.bitloom.codegen.cuda;

/** Spells names of the language as CUDA constants. */
final class CudaNames {
  private CudaNames() {
  }

  /** {@code outer_scale} becomes {@code OuterScale}. */
  static String constant(String name) {
    StringBuilder text = new StringBuilder();
    for (String part : name.split("_", -1)) {
      text.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
    }
    return text.toString();
  }
}
