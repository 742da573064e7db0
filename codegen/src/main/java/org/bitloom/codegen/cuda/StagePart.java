package org.bitloom.codegen.cuda;

/**
 * What one stage contributes to a kernel text, slot by slot; an empty string where it has nothing to say.
 *
 * @param constants compile-time constants, at file scope
 * @param functions device functions, at file scope
 * @param setup once, before the pipeline starts
 * @param rings once, where it is known where rings of pipeline stages lie
 * @param weights for each pipeline stage {@code stage} whose weights are to be fetched into ring slot {@code into}; EXTENT
 *     stands for {@code Whole} or {@code Ragged}
 * @param activations the same for activations
 * @param advanceWeights moves what {@code weights} reads on to the warp's next stage
 * @param advanceActivations the same for activations
 * @param cell the repeated work of the stage: for each 16 x 64 cell, before its fragments; of a warpgroup for each pipeline stage;
 *     where activations are prepared for each window of them, and where turns end for each turn
 * @param fragment for each of the four k16 steps of a cell
 * @param finish once, after the last stage; of a warpgroup after the last of each pass
 */
record StagePart(String constants, String functions, String setup, String rings,
    String weights, String activations, String advanceWeights, String advanceActivations, String cell, String fragment,
    String finish) {
  /** A part that has nothing to say. */
  static StagePart empty() {
    return new StagePart("", "", "", "", "", "", "", "", "", "", "");
  }

  StagePart constants(String text) {
    return new StagePart(text, functions, setup, rings, weights, activations, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart functions(String text) {
    return new StagePart(constants, text, setup, rings, weights, activations, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart setup(String text) {
    return new StagePart(constants, functions, text, rings, weights, activations, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart rings(String text) {
    return new StagePart(constants, functions, setup, text, weights, activations, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart weights(String text) {
    return new StagePart(constants, functions, setup, rings, text, activations, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart activations(String text) {
    return new StagePart(constants, functions, setup, rings, weights, text, advanceWeights,
        advanceActivations, cell, fragment, finish);
  }

  StagePart advanceWeights(String text) {
    return new StagePart(constants, functions, setup, rings, weights, activations, text,
        advanceActivations, cell, fragment, finish);
  }

  StagePart advanceActivations(String text) {
    return new StagePart(constants, functions, setup, rings, weights, activations, advanceWeights, text,
        cell, fragment, finish);
  }

  StagePart cell(String text) {
    return new StagePart(constants, functions, setup, rings, weights, activations, advanceWeights,
        advanceActivations, text, fragment, finish);
  }

  StagePart fragment(String text) {
    return new StagePart(constants, functions, setup, rings, weights, activations, advanceWeights,
        advanceActivations, cell, text, finish);
  }

  StagePart finish(String text) {
    return new StagePart(constants, functions, setup, rings, weights, activations, advanceWeights,
        advanceActivations, cell, fragment, text);
  }
}
