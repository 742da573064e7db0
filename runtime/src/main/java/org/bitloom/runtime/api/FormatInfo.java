package org.bitloom.runtime.api;

import java.util.List;

/**
 * All the runtime knows of a weight format. The weight of code c is {@code product(scales) * (table[c] - zero) + offset};
 * planes that are absent count as 1 and 0. Of binary-coded elements it is {@code sum of scale_i * sign_i(c) + offset}, with
 * as many scale planes as the element has sign planes. Quantizers order them by falling scale within each group, so that the
 * first p planes alone, with the offset, are a coarser version of the same weights.
 *
 * @param name the declared name
 * @param declaration the {@code .bl} text of the format alone
 * @param codeBits bits of one code
 * @param element what a code stands for
 * @param planes the parameter planes: one or two scales (finest first) or one for each sign plane, then the zero plane, then
 *     the offset plane
 */
public record FormatInfo(String name, String declaration, int codeBits, ElementInfo element, List<ParamPlane> planes) {
  public FormatInfo {
    planes = List.copyOf(planes);
    switch (element) {
      case DecodeTable table -> {
        if (table.size() != 1 << codeBits) {
          throw new IllegalArgumentException(name + ": " + codeBits + "-bit codes need " + (1 << codeBits) + " values");
        }
      }
      case SignPlanes signs -> requireSigns(name, codeBits, signs, planes);
    }
  }

  private static void requireSigns(String name, int codeBits, SignPlanes signs, List<ParamPlane> planes) {
    if (signs.count() != codeBits) {
      throw new IllegalArgumentException(name + ": " + codeBits + "-bit codes are no " + signs.count() + " signs");
    }
    List<ParamPlane> scales = planes.stream().filter(plane -> plane.role() == ParamPlane.Role.SCALE).toList();
    if (scales.size() != signs.count() || scales.stream().distinct().count() != 1
        || !planes.subList(0, scales.size()).equals(scales)
        || planes.stream().anyMatch(plane -> plane.role() == ParamPlane.Role.ZERO)) {
      throw new IllegalArgumentException(
          name + ": binary-coded weights have a scale of one type for each of their planes, and no zero point");
    }
  }

  /**
   * The value of every code.
   *
   * @throws IllegalStateException if the format is binary-coded: its codes have no values of their own
   */
  public DecodeTable table() {
    return switch (element) {
      case DecodeTable table -> table;
      case SignPlanes _ -> throw new IllegalStateException(
          name + " is binary-coded: its codes have no values without their scales");
    };
  }
}
