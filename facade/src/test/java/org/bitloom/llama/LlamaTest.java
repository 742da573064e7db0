package org.bitloom.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.parallel.ParallelRows;
import org.bitloom.runtime.quant.Greedy;
import org.bitloom.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The tiny model against what independent implementations made of it: {@code expected.json} (computed before the weights were
 * rounded to FP16, as far as one can tell), and float64 arithmetic on the FP16 weights.
 */
class LlamaTest {
  private static final Path FOLDER = Path.of("..", "tests", "data", "tiny-llama");
  private static final Path MODEL = FOLDER.resolve("model.safetensors");
  private static final int WINDOW = 256;
  private static final int WINDOWS = 4;
  /** Of the first 4 windows, in float64 by another program. */
  private static final double FLOAT64_PERPLEXITY = 3.3983162715505277;
  /** Float64 arithmetic on the FP16 weights is up to 2.2e-3 away from the expected logits too. */
  private static final double LOGIT_TOLERANCE = 3e-3;
  private static final int GREEDY_TOKENS = 20;

  private static final Map<String, double[]> EXPECTED = new HashMap<>();
  private static Llama exact;

  @BeforeAll
  static void readModelAndExpectations() throws IOException {
    exact = model(Optional.empty());
    try (JsonParser json = new JsonFactory().createParser(Files.readAllBytes(FOLDER.resolve("expected.json")))) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isNumeric()) {
          String name = json.getParsingContext().inArray()
              ? json.getParsingContext().getParent().getCurrentName()
              : json.currentName();
          double[] before = EXPECTED.getOrDefault(name, new double[0]);
          double[] longer = Arrays.copyOf(before, before.length + 1);
          longer[before.length] = json.getDoubleValue();
          EXPECTED.put(name, longer);
        }
      }
    }
  }

  private static Llama model(Optional<Llama.Quantization> quantization) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(MODEL)) {
      return new Llama(LlamaConfig.read(FOLDER.resolve("config.json")), file, quantization);
    }
  }

  private static int[] integers(String name) {
    return Arrays.stream(EXPECTED.get(name)).mapToInt(number -> (int) number).toArray();
  }

  private static float[] last(float[] logits) {
    return Arrays.copyOfRange(logits, logits.length - exact.vocabulary(), logits.length);
  }

  @Test
  void logitsAreTheExpectedOnes() {
    float[] logits = last(exact.logits(integers("prompt")));
    double[] expected = EXPECTED.get("last_logits");
    assertEquals(expected.length, logits.length);
    for (int i = 0; i < logits.length; i++) {
      assertEquals(expected[i], logits[i], LOGIT_TOLERANCE, "token " + i);
    }
  }

  @Test
  void greedyContinuationIsTheExpectedOne() {
    int[] tokens = integers("greedy_prompt");
    int prompt = tokens.length;
    int[] expected = Arrays.copyOf(integers("greedy_continuation"), GREEDY_TOKENS);
    for (int i = 0; i < expected.length; i++) {
      float[] logits = last(exact.logits(tokens));
      int best = 0;
      for (int token = 1; token < logits.length; token++) {
        best = logits[token] > logits[best] ? token : best;
      }
      tokens = Arrays.copyOf(tokens, tokens.length + 1);
      tokens[tokens.length - 1] = best;
    }
    assertArrayEquals(expected, Arrays.copyOfRange(tokens, prompt, tokens.length));
  }

  /** All 64 windows, which expected.json is about, take half a minute: {@code bitloom perplexity} runs them. */
  @Test
  void perplexityIsThatOfFloat64() throws IOException {
    byte[] text = Files.readAllBytes(FOLDER.resolve("validation.txt"));
    assertEquals(FLOAT64_PERPLEXITY, new Perplexity(WINDOWS, WINDOW).of(exact, text), 1e-6);
  }

  @Test
  void perplexityDoesNotDependOnThreads() throws IOException {
    byte[] text = Files.readAllBytes(FOLDER.resolve("validation.txt"));
    assertEquals(new Perplexity(3, 64, new ParallelRows(1)).of(exact, text),
        new Perplexity(3, 64, new ParallelRows(3)).of(exact, text));
  }

  @Test
  void twoPlanesForetellWorseThanSixteenBits() throws IOException {
    byte[] text = Files.readAllBytes(FOLDER.resolve("validation.txt"));
    Perplexity perplexity = new Perplexity(1, WINDOW);
    FormatInfo format = ShippedFormats.byName("bcq2_g128").orElseThrow().info();
    Llama coarse = model(Optional.of(new Llama.Quantization(format, new Greedy())));
    double before = perplexity.of(exact, text);
    double after = perplexity.of(coarse, text);
    assertTrue(after > 1.01 * before && after < 10 * before, after + " after " + before);
  }

  @Test
  void refusesOtherConfigurations(@TempDir Path folder) throws IOException {
    String config = Files.readString(FOLDER.resolve("config.json"));
    for (String[] change : new String[][]{{"\"silu\"", "\"gelu\"", "hidden_act"}, {"\"default\"", "\"yarn\"", "rope"},
        {"\"num_key_value_heads\": 4", "\"num_key_value_heads\": 3", "heads"}, {"\"llama\"", "\"gpt2\"", "model_type"},
        {"{", "", "JSON"}}) {
      assertTrue(config.contains(change[0]));
      Path file = Files.writeString(folder.resolve("config.json"), config.replace(change[0], change[1]));
      LlamaException refused = assertThrows(LlamaException.class, () -> LlamaConfig.read(file));
      assertTrue(refused.getMessage().contains(change[2]), refused.getMessage());
    }
  }
}
