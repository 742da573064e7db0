package org.bitloom.emulator.exec;

/** Integer and logic operations on 32 bits (PTX ISA 9.7.1 integer arithmetic, 9.7.8 logic and shift, 9.7.9.7 prmt). */
public enum IntFunction {
  MOV((x, y, z) -> x), ADD((x, y, z) -> x + y), SUB((x, y, z) -> x - y), MUL((x, y, z) -> x * y), MAD(
      (x, y, z) -> x * y + z), AND((x, y, z) -> x & y), OR((x, y, z) -> x | y), XOR((x, y, z) -> x ^ y), NOT(
          (x, y, z) -> ~x), NEG((x, y, z) -> -x), SHL(
              (x, y, z) -> Integer.compareUnsigned(y, 31) > 0 ? 0 : x << y), SHR_U(
                  (x, y, z) -> Integer.compareUnsigned(y, 31) > 0 ? 0 : x >>> y), SHR_S(
                      (x, y, z) -> x >> (Integer.compareUnsigned(y, 31) > 0 ? 31 : y)), MIN_S(
                          (x, y, z) -> Math.min(x, y)), MAX_S((x, y, z) -> Math.max(x, y)), MIN_U((x, y,
                              z) -> Math.min(x + Integer.MIN_VALUE, y + Integer.MIN_VALUE) + Integer.MIN_VALUE), MAX_U(
                                  (x, y, z) -> Math.max(x + Integer.MIN_VALUE, y + Integer.MIN_VALUE)
                                      + Integer.MIN_VALUE), SHF_L_WRAP(
                                          (x, y, z) -> y << z | x >>> 1 >>> (~z & 31)), SHF_R_WRAP(
                                              (x, y, z) -> x >>> z | y << 1 << (~z & 31)), PRMT(Bits::permute), POPC(
                                                  (x, y, z) -> Integer.bitCount(x)), CLZ(
                                                      (x, y, z) -> Integer.numberOfLeadingZeros(x)), BREV(
                                                          (x, y, z) -> Integer.reverse(x)), BFE_U(
                                                              (x, y, z) -> Bits.extract(x, y & 255, z & 255)), BFE_S(
                                                                  (x, y, z) -> Bits.extractSigned(x, y & 255, z & 255));

  @SuppressWarnings("ImmutableEnumChecker") // a loop over lanes holds no state
  private final IntLanes lanes;

  IntFunction(IntLanes.Function f) {
    lanes = IntLanes.specialised(f);
  }

  /** The operation on all lanes. */
  public IntLanes lanes() {
    return lanes;
  }
}
