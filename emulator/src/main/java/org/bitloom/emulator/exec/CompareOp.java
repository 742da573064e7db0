package org.bitloom.emulator.exec;

/**
 * setp (PTX ISA 9.7.5.2): a comparison into one predicate, or into one and its complement, each combined with a third
 * predicate.
 */
public final class CompareOp extends Op {
  /** A comparison of two rows in all lanes. */
  public interface Test {
    /** One bit a lane. */
    int of(Warp w);
  }

  /** Comparisons of 32-bit integers. */
  public enum IntRelation {
    EQ, NE, LT, LE, GT, GE, LO, LS, HI, HS
  }

  /** How the result is combined with the third operand. */
  public enum Combine {
    NONE, AND, OR, XOR
  }

  /** A comparison of int rows. */
  public record IntTest(IntRelation relation, int x, int y) implements Test {
    @Override
    public int of(Warp w) {
      int[] a = w.r[x];
      int[] b = w.r[y];
      int bits = 0;
      switch (relation) {
        case EQ -> {
          for (int l = 0; l < Warp.LANES; l++) {
            bits |= (a[l] == b[l] ? 1 : 0) << l;
          }
        }
        case NE -> {
          for (int l = 0; l < Warp.LANES; l++) {
            bits |= (a[l] != b[l] ? 1 : 0) << l;
          }
        }
        case LT -> bits = less(a, b, 0);
        case GE -> bits = ~less(a, b, 0);
        case GT -> bits = less(b, a, 0);
        case LE -> bits = ~less(b, a, 0);
        case LO -> bits = less(a, b, Integer.MIN_VALUE);
        case HS -> bits = ~less(a, b, Integer.MIN_VALUE);
        case HI -> bits = less(b, a, Integer.MIN_VALUE);
        case LS -> bits = ~less(b, a, Integer.MIN_VALUE);
      }
      return bits;
    }

    private static int less(int[] a, int[] b, int offset) {
      int bits = 0;
      for (int l = 0; l < Warp.LANES; l++) {
        bits |= (a[l] + offset < b[l] + offset ? 1 : 0) << l;
      }
      return bits;
    }
  }

  /** A relation of two numbers. */
  @FunctionalInterface
  public interface LongRelation {
    /** Whether it holds; 32-bit operands come zero-extended. */
    boolean holds(long a, long b);
  }

  /** Any other comparison, lane by lane. */
  public record LaneTest(LongRelation relation, MixedLanesOp.Row x, MixedLanesOp.Row y) implements Test {
    @Override
    public int of(Warp w) {
      int bits = 0;
      for (int m = w.mask; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        bits |= (relation.holds(x.get(w, l), y.get(w, l)) ? 1 : 0) << l;
      }
      return bits;
    }
  }

  private final Test test;
  private final int to;
  private final int complement;
  private final Combine combine;
  private final PredicateSource with;

  /** @param complement the second result, or -1 */
  public CompareOp(Test test, int to, int complement, Combine combine, PredicateSource with) {
    this.test = test;
    this.to = to;
    this.complement = complement;
    this.combine = combine;
    this.with = with;
  }

  @Override
  public void run(Warp w) {
    int holds = test.of(w);
    int other = with.of(w);
    if (to >= 0) {
      w.setPredicate(to, combined(holds, other));
    }
    if (complement >= 0) {
      w.setPredicate(complement, combined(~holds, other));
    }
  }

  private int combined(int a, int b) {
    return switch (combine) {
      case NONE -> a;
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
    };
  }
}
