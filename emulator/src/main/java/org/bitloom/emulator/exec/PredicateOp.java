package org.bitloom.emulator.exec;

/** Logic on predicates: and, or, xor, not, mov (PTX ISA 9.7.8), 32 lanes in one word. */
public final class PredicateOp extends Op {
  /** The operation. */
  public enum Kind {
    MOV, NOT, AND, OR, XOR
  }

  private final Kind kind;
  private final int to;
  private final PredicateSource x;
  private final PredicateSource y;

  /** An operand that the operation lacks repeats x. */
  public PredicateOp(Kind kind, int to, PredicateSource x, PredicateSource y) {
    this.kind = kind;
    this.to = to;
    this.x = x;
    this.y = y;
  }

  @Override
  public void run(Warp w) {
    int a = x.of(w);
    int b = y.of(w);
    w.setPredicate(to, switch (kind) {
      case MOV -> a;
      case NOT -> ~a;
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
    });
  }
}
