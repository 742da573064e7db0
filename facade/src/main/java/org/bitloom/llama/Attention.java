package org.bitloom.llama;

/** Causal attention of grouped query heads over one window of tokens. */
record Attention(LlamaConfig config) {
  /**
   * The heads' results, [count][querySize].
   *
   * @param queries [count][querySize], rotated
   * @param keys [count][keySize], rotated
   * @param values [count][keySize]
   */
  float[] attend(float[] queries, float[] keys, float[] values, int count) {
    float[] results = new float[count * config.querySize()];
    double[] scores = new double[count];
    for (int head = 0; head < config.heads(); head++) {
      int shared = head / (config.heads() / config.keyHeads()) * config.headSize();
      for (int t = 0; t < count; t++) {
        int query = t * config.querySize() + head * config.headSize();
        score(queries, query, keys, shared, t + 1, scores);
        for (int s = 0; s <= t; s++) {
          float weight = (float) scores[s];
          int value = s * config.keySize() + shared;
          for (int i = 0; i < config.headSize(); i++) {
            results[query + i] += weight * values[value + i];
          }
        }
      }
    }
    return results;
  }

  /** The softmax of the first {@code count} keys' scores. */
  private void score(float[] queries, int query, float[] keys, int shared, int count, double[] scores) {
    double scale = 1 / Math.sqrt(config.headSize());
    double largest = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < count; s++) {
      int key = s * config.keySize() + shared;
      float dot = 0;
      for (int i = 0; i < config.headSize(); i++) {
        dot += queries[query + i] * keys[key + i];
      }
      scores[s] = dot * scale;
      largest = Math.max(largest, scores[s]);
    }
    double sum = 0;
    for (int s = 0; s < count; s++) {
      scores[s] = Math.exp(scores[s] - largest);
      sum += scores[s];
    }
    for (int s = 0; s < count; s++) {
      scores[s] /= sum;
    }
  }
}
