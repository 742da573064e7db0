package org.bitloom.codegen.layout;

/**
 * One term of an {@link Extract}: {@code rotateLeft(words[word], rotate) & mask}.
 *
 * @param word index of the word in the cell
 * @param rotate left rotation, 0..31
 * @param mask the register bits that this term supplies
 */
public record Part(int word, int rotate, int mask) {
  public Part {
    if (word < 0 || rotate < 0 || rotate > 31 || mask == 0) {
      throw new IllegalArgumentException("no part: word " + word + ", rotate " + rotate + ", mask " + mask);
    }
  }

  /** The cheapest instruction that does the rotation of a part, given that the mask follows. */
  public enum Kind {
    /** No instruction. */
    NONE(0),
    /** {@code word << rotate}; may run as a multiplication, on another pipe than LOP3. */
    SHIFT_LEFT(0.75),
    /** {@code word >>> (32 - rotate)}. */
    SHIFT_RIGHT(1),
    /** A funnel shift of the word with itself. */
    ROTATE(1);

    private final double slots;

    Kind(double slots) {
      this.slots = slots;
    }

    /** Cost in instruction slots. */
    public double slots() {
      return slots;
    }
  }

  /** How the rotation can be done. */
  public Kind kind() {
    if (rotate == 0) {
      return Kind.NONE;
    }
    int wrapped = (1 << rotate) - 1;
    if ((mask & wrapped) == 0) {
      return Kind.SHIFT_LEFT;
    }
    return (mask & ~wrapped) == 0 ? Kind.SHIFT_RIGHT : Kind.ROTATE;
  }

  /** The bits that this part supplies from the words of a cell. */
  public int apply(int[] words) {
    return Integer.rotateLeft(words[word], rotate) & mask;
  }

  @Override
  public String toString() {
    String moved = switch (kind()) {
      case NONE -> "w" + word;
      case SHIFT_LEFT -> "w" + word + " << " + rotate;
      case SHIFT_RIGHT -> "w" + word + " >> " + (32 - rotate);
      case ROTATE -> "rotl(w" + word + ", " + rotate + ")";
    };
    return "(%s & 0x%08x)".formatted(moved, mask);
  }
}
