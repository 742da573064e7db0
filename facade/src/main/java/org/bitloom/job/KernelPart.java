package org.bitloom.job;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;

/**
 * A part of the work of a kernel that dequantizes weights. A product can be made without it: it computes something else then,
 * but its time shows what the rest costs, and so which part bounds the whole.
 */
public enum KernelPart {
  /** Asynchronous copies of codes, parameters and activations into shared memory. */
  COPIES("stream_\\w+", _ -> ""),

  /** From codes to 16-bit floats; packed words are multiplied as they are instead. */
  DECODING("unpack", _ -> """
      #pragma unroll
        for (int i = 0; i < 4; ++i) {
          a[i] = unit[(4 * f + i) % (sizeof(unit) / sizeof(u32))];
        }
      """),

  /** Products on Tensor Cores. What they take is made all the same: exclusive ors into a sum, one for two registers, stand for them. */
  PRODUCTS("mma|multiply", parameters -> {
    String sum = parameters.contains("(&acc)") ? "acc" : "d";
    return take(sum + "[0]", "a[0]", "a[1]", parameters) + take(sum + "[1]", "a[2]", "a[3]", parameters)
        + (parameters.contains("b1") ? take(sum + "[2]", "b0", "b1", parameters) : "");
  }),

  /** Activations other than zero. No part of a text: the same instructions take less power, so that the clock need not fall. */
  VALUES;

  private final Optional<Pattern> functions;
  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final Function<String, String> instead;

  /**
   * A part.
   *
   * @param names the functions of a kernel text that do it
   * @param instead their body without it, for their parameters
   */
  KernelPart(String names, Function<String, String> instead) {
    this.functions = Optional
        .of(Pattern.compile("^(__device__ __forceinline__ void (?:" + names + ")\\()([^{]*)\\{\\n.*?^}\\n",
            Pattern.MULTILINE | Pattern.DOTALL));
    this.instead = instead;
  }

  /** What is no part of a kernel text. */
  KernelPart() {
    this.functions = Optional.empty();
    this.instead = _ -> "";
  }

  /** Text that mixes two registers into a float of {@code sum}, of one tile or of a row of tiles. */
  private static String take(String sum, String a, String b, String parameters) {
    String to = parameters.contains("(&d)") ? sum.replace("d[", "d[0][") : sum;
    return "  " + to + " = __uint_as_float(__float_as_uint(" + to + ") ^ " + a + " ^ " + b + ");\n";
  }

  /**
   * Parses names joined by +.
   *
   * @throws BadInput if a name is none
   */
  public static Set<KernelPart> parse(String text) {
    return Stream.of(text.split("\\+", -1)).map(KernelPart::named).collect(Collectors.toCollection(TreeSet::new));
  }

  private static KernelPart named(String name) {
    return Stream.of(values()).filter(part -> part.toString().equals(name)).findFirst().orElseThrow(
        () -> new BadInput("a kernel has no part '" + name + "'; there are: " + names(List.of(values()), ", ")));
  }

  /** These parts in words, {@code copies+decoding}. */
  public static String names(Set<KernelPart> parts) {
    return names(parts, "+");
  }

  private static String names(Collection<KernelPart> parts, String separator) {
    return parts.stream().map(KernelPart::toString).collect(Collectors.joining(separator));
  }

  /** {@code kernel} without {@code parts}, by those of its families in whose texts they can be told apart; nothing if there is none. */
  static Optional<KernelUnit> leaveOut(Set<KernelPart> parts, KernelUnit kernel) {
    List<KernelVariant> variants = kernel.variants().stream()
        .filter(variant -> parts.stream().allMatch(part -> part.standsIn(variant.cuda())))
        .map(variant -> new KernelVariant(variant.family(), leaveOut(parts, variant.cuda()), variant.order(),
            variant.space(), variant.quantizer()))
        .toList();
    return variants.isEmpty()
        ? Optional.empty()
        : Optional.of(new KernelUnit(kernel.entry(), kernel.format(), kernel.layout(), kernel.x(), kernel.y(),
            kernel.epilogue(), variants));
  }

  private static String leaveOut(Set<KernelPart> parts, String cuda) {
    String text = cuda;
    for (KernelPart part : parts) {
      text = part.removedFrom(text);
    }
    return text;
  }

  /** Whether the part can be told apart in a kernel text, or is none of it. */
  private boolean standsIn(String cuda) {
    return functions.map(pattern -> pattern.matcher(cuda).find()).orElse(true);
  }

  private String removedFrom(String cuda) {
    return functions.map(pattern -> pattern.matcher(cuda).replaceAll(found -> Matcher.quoteReplacement(
        found.group(1) + found.group(2) + "{\n" + instead.apply(found.group(2)) + "}\n"))).orElse(cuda);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
