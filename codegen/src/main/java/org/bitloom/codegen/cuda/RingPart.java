package org.bitloom.codegen.cuda;

/**
 * What one stage contributes to the text of a kernel in which a warpgroup fills rings of shared memory and others multiply;
 * an empty string where it has nothing to say.
 *
 * @param constants compile-time constants, at file scope
 * @param functions device functions, at file scope
 * @param fill the work of the copying warps on one output tile
 * @param begin what a warpgroup that multiplies keeps from one output tile to the next
 * @param prepare what a warpgroup fetches for an output tile before it multiplies
 * @param multiply the work of a warpgroup on one output tile, and on its results
 * @param staggered what takes the place of the loop over output tiles where tiles are staggered, with places for what all
 *     parts have in begin and prepare
 */
record RingPart(String constants, String functions, String fill, String begin,
    String prepare, String multiply, String staggered) {
  /** A part that has nothing to say. */
  static RingPart empty() {
    return new RingPart("", "", "", "", "", "", "");
  }

  RingPart constants(String text) {
    return new RingPart(text, functions, fill, begin, prepare, multiply, staggered);
  }

  RingPart functions(String text) {
    return new RingPart(constants, text, fill, begin, prepare, multiply, staggered);
  }

  RingPart fill(String text) {
    return new RingPart(constants, functions, text, begin, prepare, multiply, staggered);
  }

  RingPart begin(String text) {
    return new RingPart(constants, functions, fill, text, prepare, multiply, staggered);
  }

  RingPart prepare(String text) {
    return new RingPart(constants, functions, fill, begin, text, multiply, staggered);
  }

  RingPart multiply(String text) {
    return new RingPart(constants, functions, fill, begin, prepare, text, staggered);
  }

  RingPart staggered(String text) {
    return new RingPart(constants, functions, fill, begin, prepare, multiply, text);
  }
}
