package org.bitloom.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.quant.Dequantizer;
import org.bitloom.runtime.quant.ElementType;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.quant.WeightMatrix;
import org.bitloom.safetensors.FloatMatrix;
import org.bitloom.safetensors.SafetensorsFile;
import org.bitloom.safetensors.TensorInfo;

/**
 * A Llama model that computes in float32: from tokens to logits, a whole window at a time. Its projections may be quantized;
 * embedding, norms and head stay as they are. May be used from many threads.
 */
public final class Llama {
  private final LlamaConfig config;
  private final Matrix embedding;
  private final List<LlamaLayer> layers = new ArrayList<>();
  private final float[] norm;
  private final Matrix head;

  /** How projections are quantized. */
  public record Quantization(FormatInfo format, Quantizer quantizer) {
  }

  /**
   * Reads a model; the file may be closed then.
   *
   * @param quantization of the projections of attention and feed-forward blocks; without, they stay as they are
   * @throws LlamaException if a tensor is missing or has another shape than {@code config} says
   */
  public Llama(LlamaConfig config, SafetensorsFile file, Optional<Quantization> quantization) {
    this.config = config;
    Tensors tensors = new Tensors(file, quantization);
    this.embedding = tensors.exact("model.embed_tokens.weight", config.vocabulary(), config.hidden());
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(tensors, "model.layers." + i + "."));
    }
    this.norm = tensors.vector("model.norm.weight", config.hidden());
    this.head = file.find("lm_head.weight").isPresent()
        ? tensors.exact("lm_head.weight", config.vocabulary(), config.hidden())
        : embedding;
  }

  private LlamaLayer layer(Tensors tensors, String prefix) {
    int hidden = config.hidden();
    return new LlamaLayer(config, tensors.vector(prefix + "input_layernorm.weight", hidden),
        tensors.projection(prefix + "self_attn.q_proj.weight", config.querySize(), hidden),
        tensors.projection(prefix + "self_attn.k_proj.weight", config.keySize(), hidden),
        tensors.projection(prefix + "self_attn.v_proj.weight", config.keySize(), hidden),
        tensors.projection(prefix + "self_attn.o_proj.weight", hidden, config.querySize()),
        tensors.vector(prefix + "post_attention_layernorm.weight", hidden),
        tensors.projection(prefix + "mlp.gate_proj.weight", config.feedForward(), hidden),
        tensors.projection(prefix + "mlp.up_proj.weight", config.feedForward(), hidden),
        tensors.projection(prefix + "mlp.down_proj.weight", hidden, config.feedForward()));
  }

  /** Number of tokens that the model knows. */
  public int vocabulary() {
    return config.vocabulary();
  }

  /**
   * The logits that follow each token, [tokens][vocabulary]; positions start at 0.
   *
   * @throws IllegalArgumentException if a token is none of the vocabulary
   */
  public float[] logits(int... tokens) {
    float[] x = new float[tokens.length * config.hidden()];
    for (int t = 0; t < tokens.length; t++) {
      if (tokens[t] < 0 || tokens[t] >= config.vocabulary()) {
        throw new IllegalArgumentException("token " + tokens[t] + " is none of " + config.vocabulary());
      }
      for (int i = 0; i < config.hidden(); i++) {
        x[t * config.hidden() + i] = embedding.columns()[i * config.vocabulary() + tokens[t]];
      }
    }
    layers.forEach(layer -> layer.apply(x, tokens.length));
    return head.multiply(RmsNorm.apply(x, norm, config.epsilon()), tokens.length);
  }

  /** The tensors of a file, by the shapes that they must have. */
  private record Tensors(SafetensorsFile file, Optional<Quantization> quantization) {
    Matrix exact(String name, int n, int k) {
      return Matrix.of(n, k, matrix(name, n, k)::row);
    }

    Matrix projection(String name, int n, int k) {
      if (quantization.isEmpty()) {
        return exact(name, n, k);
      }
      Quantization how = quantization.get();
      QuantizedWeights weights = how.quantizer().quantize(how.format(), matrix(name, n, k));
      return Matrix.of(n, k, new Dequantizer(weights)::row);
    }

    private WeightMatrix matrix(String name, int n, int k) {
      WeightMatrix matrix = FloatMatrix.of(file, tensor(name));
      if (matrix.n() != n || matrix.k() != k) {
        throw new LlamaException(file.path() + ": " + name + " is " + matrix.n() + " x " + matrix.k()
            + ", the configuration says " + n + " x " + k);
      }
      return matrix;
    }

    float[] vector(String name, int size) {
      TensorInfo tensor = tensor(name);
      ElementType type = FloatMatrix.elementType(tensor.dtype())
          .orElseThrow(() -> new LlamaException(file.path() + ": " + name + " is " + tensor.dtype()));
      if (!tensor.shape().equals(List.of((long) size))) {
        throw new LlamaException(file.path() + ": " + name + " has shape " + tensor.shape() + ", not [" + size + "]");
      }
      double[] numbers = new double[size];
      type.read(file.data(tensor), 0, numbers);
      float[] vector = new float[size];
      for (int i = 0; i < size; i++) {
        vector[i] = (float) numbers[i];
      }
      return vector;
    }

    private TensorInfo tensor(String name) {
      return file.find(name).orElseThrow(() -> new LlamaException(file.path() + " has no tensor '" + name + "'"));
    }
  }
}
