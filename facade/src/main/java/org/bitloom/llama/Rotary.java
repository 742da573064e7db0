package org.bitloom.llama;

/**
 * Rotary position embedding in Hugging Face's convention: feature i of a head is rotated with feature i + size / 2 by the
 * angle {@code position / theta^(2i / size)} (Su et al., arXiv 2104.09864).
 */
record Rotary(int headSize, double theta) {
  /** Rotates all heads of {@code features[count][heads * headSize]}, row t being at position t. */
  void rotate(float[] features, int count, int heads) {
    int half = headSize / 2;
    for (int i = 0; i < half; i++) {
      double frequency = Math.pow(theta, -2.0 * i / headSize);
      for (int t = 0; t < count; t++) {
        float cos = (float) Math.cos(t * frequency);
        float sin = (float) Math.sin(t * frequency);
        for (int head = 0; head < heads; head++) {
          int at = (t * heads + head) * headSize + i;
          float low = features[at];
          float high = features[at + half];
          features[at] = low * cos - high * sin;
          features[at + half] = high * cos + low * sin;
        }
      }
    }
  }
}
