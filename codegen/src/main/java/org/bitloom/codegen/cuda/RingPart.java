package org.bitloom.codegen.cuda;

import java.util.List;

/**
 * What one stage contributes to the text of a kernel in which a warpgroup fills rings of shared memory and others multiply;
 * an empty string where it has nothing to say.
 *
 * @param instructions PTX wrappers that the other slots call
 * @param constants compile-time constants, at file scope
 * @param functions device functions, at file scope
 * @param fill the work of the copying warps on one output tile
 * @param prepare what a warpgroup fetches for an output tile before it multiplies
 * @param multiply the work of a warpgroup on one output tile, and on its results
 */
record RingPart(List<PtxInstruction> instructions, String constants, String functions, String fill, String prepare,
    String multiply) {
  RingPart {
    instructions = List.copyOf(instructions);
  }

  static RingPart of(PtxInstruction... instructions) {
    return new RingPart(List.of(instructions), "", "", "", "", "");
  }

  RingPart constants(String text) {
    return new RingPart(instructions, text, functions, fill, prepare, multiply);
  }

  RingPart functions(String text) {
    return new RingPart(instructions, constants, text, fill, prepare, multiply);
  }

  RingPart fill(String text) {
    return new RingPart(instructions, constants, functions, text, prepare, multiply);
  }

  RingPart prepare(String text) {
    return new RingPart(instructions, constants, functions, fill, text, multiply);
  }

  RingPart multiply(String text) {
    return new RingPart(instructions, constants, functions, fill, prepare, text);
  }
}
