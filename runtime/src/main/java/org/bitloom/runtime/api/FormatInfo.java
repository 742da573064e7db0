package org.bitloom.runtime.api;

import java.util.List;

/**
 * All the runtime knows of a weight format. The weight of code c is
 * {@code product(scales) * (table[c] - zero) + offset}; planes that are absent count as 1 and 0.
 *
 * @param name the declared name
 * @param declaration the {@code .bl} text of the format alone
 * @param codeBits bits of one code
 * @param planes the parameter planes: one or two scales (finest first), then the zero plane, then the offset plane
 */
public record FormatInfo(String name, String declaration, int codeBits, DecodeTable table, List<ParamPlane> planes) {
  public FormatInfo {
    planes = List.copyOf(planes);
    if (table.size() != 1 << codeBits) {
      throw new IllegalArgumentException(name + ": " + codeBits + "-bit codes need " + (1 << codeBits) + " values");
    }
  }
}
