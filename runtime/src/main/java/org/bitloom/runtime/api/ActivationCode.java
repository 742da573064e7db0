package org.bitloom.runtime.api;

/**
 * How activations are quantized: each token (row of x) has one scale, and {@code x ~ scale * value(u)} with a code u of
 * {@code bits} bits. {@code bipolar b} has the odd integers of +-(2^b - 1), {@code int b} two's complement numbers.
 */
public record ActivationCode(Encoding encoding, int bits) {
  /** Tokens whose largest magnitude is smaller count as zeros: the rate would leave the range of float32. */
  public static final float SMALLEST = 0x1p-110f;

  /** What the bits of a code mean. */
  public enum Encoding {
    INT, BIPOLAR
  }

  public ActivationCode {
    if (bits < 1 || bits > 8) {
      throw new IllegalArgumentException("activations have 1..8 bits, not " + bits);
    }
  }

  /** The value of a code, {@code step * u + low}; codes of {@code int} are counted from the lowest number. */
  public int value(int u) {
    return step() * u + low();
  }

  /** The value of code 0. */
  public int low() {
    return encoding == Encoding.BIPOLAR ? 1 - (1 << bits) : -(1 << (bits - 1));
  }

  /** What the next code's value is more. */
  public int step() {
    return encoding == Encoding.BIPOLAR ? 2 : 1;
  }

  /** The value that the largest activation of a token gets; of {@code int} the largest number, so that zero is a code. */
  public int fullScale() {
    return encoding == Encoding.BIPOLAR ? (1 << bits) - 1 : Math.max(1, (1 << (bits - 1)) - 1);
  }

  /** The largest magnitude of a value. */
  public int largest() {
    return -low();
  }

  /** The scale of a token, in float32, from the largest magnitude of its activations. */
  public float scale(float absmax) {
    return absmax / fullScale();
  }

  /** What an activation is multiplied by in {@link #code}: code steps for a unit of x; 0 for a token of zeros. */
  public float rate(float absmax) {
    return absmax < SMALLEST ? 0 : fullScale() / (float) step() / absmax;
  }

  /** The code that x = 0 has; of {@code bipolar}, which has no zero, the one above. */
  public int center() {
    return 1 << (bits - 1);
  }

  /**
   * The code whose value is nearest to x, exactly: of {@code int} ties go to the even code, of {@code bipolar} up.
   *
   * @param x a number of at most 24 significant bits, so that the product with the rate is exact in float64
   */
  public int code(float x, float rate) {
    double steps = (double) x * rate + center();
    int u = (int) (encoding == Encoding.BIPOLAR ? Math.floor(steps) : Math.rint(steps));
    return Math.clamp(u, 0, (1 << bits) - 1);
  }

  /** The operand that stands for code {@code u}: its value where that fits a signed byte, else the code itself. */
  public int operand(int u, OperandForm form) {
    return isValue(form) ? value(u) : u;
  }

  /** The value of an operand is {@code step(form) * operand + low(form)}. */
  public int step(OperandForm form) {
    return isValue(form) ? 1 : step();
  }

  /** The value of operand 0. */
  public int low(OperandForm form) {
    return isValue(form) ? 0 : low();
  }

  /** Whether operands are values: bytes that fit s8. */
  public boolean isValue(OperandForm form) {
    return form == OperandForm.BYTES && largest() <= 128;
  }

  /** The spelling of the language. */
  public String spelling() {
    return encoding == Encoding.BIPOLAR ? "bipolar " + bits : "int " + bits;
  }
}
