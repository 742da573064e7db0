package org.bitloom.codegen.cuda;

import java.util.List;

/**
 * What one stage contributes to a kernel text, slot by slot; an empty string where it has nothing to say.
 *
 * @param instructions PTX wrappers that the other slots call
 * @param constants compile-time constants, at file scope
 * @param functions device functions, at file scope
 * @param setup once, before the pipeline starts
 * @param weights for each pipeline stage {@code stage} whose weights are to be fetched into ring slot {@code into}; EXTENT
 *     stands for {@code Whole} or {@code Ragged}
 * @param activations the same for activations
 * @param cell for each 16 x 64 cell, before its fragments
 * @param fragment for each of the four k16 steps of a cell
 * @param finish once, after the last stage
 */
record StagePart(List<PtxInstruction> instructions, String constants, String functions, String setup,
    String weights, String activations, String cell, String fragment, String finish) {
  StagePart {
    instructions = List.copyOf(instructions);
  }

  static StagePart of(PtxInstruction... instructions) {
    return new StagePart(List.of(instructions), "", "", "", "", "", "", "", "");
  }

  StagePart constants(String text) {
    return new StagePart(instructions, text, functions, setup, weights, activations, cell, fragment, finish);
  }

  StagePart functions(String text) {
    return new StagePart(instructions, constants, text, setup, weights, activations, cell, fragment, finish);
  }

  StagePart setup(String text) {
    return new StagePart(instructions, constants, functions, text, weights, activations, cell, fragment, finish);
  }

  StagePart weights(String text) {
    return new StagePart(instructions, constants, functions, setup, text, activations, cell, fragment, finish);
  }

  StagePart activations(String text) {
    return new StagePart(instructions, constants, functions, setup, weights, text, cell, fragment, finish);
  }

  StagePart cell(String text) {
    return new StagePart(instructions, constants, functions, setup, weights, activations, text, fragment, finish);
  }

  StagePart fragment(String text) {
    return new StagePart(instructions, constants, functions, setup, weights, activations, cell, text, finish);
  }

  StagePart finish(String text) {
    return new StagePart(instructions, constants, functions, setup, weights, activations, cell, fragment, text);
  }
}
