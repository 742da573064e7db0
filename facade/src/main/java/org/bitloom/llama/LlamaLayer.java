package org.bitloom.llama;

/** One transformer block: attention and a SwiGLU feed-forward block, each behind an RMSNorm and added to its input. */
@SuppressWarnings("ArrayRecordComponent") // layers are applied, never compared
record LlamaLayer(LlamaConfig config, float[] inputNorm, Matrix query, Matrix key, Matrix value, Matrix output,
    float[] postNorm, Matrix gate, Matrix up, Matrix down) {

  /** Transforms {@code x[count][hidden]} in place. */
  void apply(float[] x, int count) {
    float[] normed = RmsNorm.apply(x, inputNorm, config.epsilon());
    float[] queries = query.multiply(normed, count);
    float[] keys = key.multiply(normed, count);
    float[] values = value.multiply(normed, count);
    Rotary rotary = new Rotary(config.headSize(), config.theta());
    rotary.rotate(queries, count, config.heads());
    rotary.rotate(keys, count, config.keyHeads());
    add(x, output.multiply(new Attention(config).attend(queries, keys, values, count), count));
    normed = RmsNorm.apply(x, postNorm, config.epsilon());
    float[] gated = gate.multiply(normed, count);
    float[] inner = up.multiply(normed, count);
    for (int i = 0; i < inner.length; i++) {
      inner[i] *= (float) (gated[i] / (1 + Math.exp(-gated[i])));
    }
    add(x, down.multiply(inner, count));
  }

  private static void add(float[] x, float[] more) {
    for (int i = 0; i < x.length; i++) {
      x[i] += more[i];
    }
  }
}
