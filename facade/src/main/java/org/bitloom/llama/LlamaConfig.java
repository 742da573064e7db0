package org.bitloom.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

/**
 * The shape of a Llama model, as Hugging Face's {@code config.json} gives it.
 *
 * @param hidden features between layers
 * @param heads query heads
 * @param keyHeads key and value heads; each serves {@code heads / keyHeads} query heads
 * @param headSize features of one head
 * @param feedForward features inside a feed-forward block
 * @param epsilon of RMSNorm
 * @param theta base of the rotary embedding
 */
public record LlamaConfig(int vocabulary, int layers, int hidden, int heads, int keyHeads, int headSize,
    int feedForward, double epsilon, double theta) {
  public LlamaConfig {
    if (vocabulary < 1 || layers < 1 || hidden < 1 || heads < 1 || keyHeads < 1 || heads % keyHeads != 0
        || headSize < 2 || headSize % 2 != 0 || feedForward < 1 || !(epsilon > 0) || !(theta > 1)) {
      throw new IllegalArgumentException("no Llama model has the shape " + vocabulary + " tokens, " + layers
          + " layers, hidden " + hidden + ", heads " + heads + " of " + headSize + ", key heads " + keyHeads
          + ", feed forward " + feedForward + ", epsilon " + epsilon + ", theta " + theta);
    }
  }

  /** Query features. */
  public int querySize() {
    return heads * headSize;
  }

  /** Key features, and as many value features. */
  public int keySize() {
    return keyHeads * headSize;
  }

  /**
   * Reads {@code file}.
   *
   * @throws LlamaException if it describes no Llama model, or one of another kind than this package computes
   */
  public static LlamaConfig read(Path file) throws IOException {
    Map<String, String> values = values(file);
    require(file, values, "model_type", "llama");
    require(file, values, "hidden_act", "silu");
    require(file, values, "attention_bias", "false");
    require(file, values, "mlp_bias", "false");
    require(file, values, "rope_parameters.rope_type", "default");
    require(file, values, "rope_scaling", "null");
    try {
      int hidden = integer(file, values, "hidden_size");
      int heads = integer(file, values, "num_attention_heads");
      values.putIfAbsent("num_key_value_heads", Integer.toString(heads));
      values.putIfAbsent("head_dim", Integer.toString(heads == 0 ? 0 : hidden / heads));
      String theta = values.getOrDefault("rope_parameters.rope_theta", values.getOrDefault("rope_theta", "10000"));
      return new LlamaConfig(integer(file, values, "vocab_size"), integer(file, values, "num_hidden_layers"), hidden,
          heads, integer(file, values, "num_key_value_heads"), integer(file, values, "head_dim"),
          integer(file, values, "intermediate_size"), Double.parseDouble(values.getOrDefault("rms_norm_eps", "1e-6")),
          Double.parseDouble(theta));
    } catch (IllegalArgumentException e) {
      throw new LlamaException(file + ": " + e.getMessage(), e);
    }
  }

  private static int integer(Path file, Map<String, String> values, String key) {
    if (!values.containsKey(key)) {
      throw new LlamaException(file + " has no '" + key + "'");
    }
    return Integer.parseInt(values.get(key));
  }

  private static void require(Path file, Map<String, String> values, String key, String expected) {
    String found = values.getOrDefault(key, expected);
    if (!found.equals(expected)) {
      throw new LlamaException(file + " has " + key + " = " + found + "; only " + expected + " is supported");
    }
  }

  /** All scalars by the dotted path of their names. */
  private static Map<String, String> values(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    try (JsonParser json = new JsonFactory().createParser(Files.readAllBytes(file))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue()) {
          String path = json.getParsingContext().pathAsPointer().toString();
          values.put(path.substring(Math.min(1, path.length())).replace('/', '.'), json.getText());
        }
      }
    } catch (JsonProcessingException e) {
      throw new LlamaException(file + " is no valid JSON", e);
    }
    return values;
  }
}
