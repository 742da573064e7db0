package org.bitloom.codegen;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Generated texts define no function, member, constant or struct that they do not use. */
class UsedDefinitionsTest {
  private static final Pattern SILENT = Pattern.compile("//[^\n]*|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final List<Pattern> DEFINITIONS = List.of(
      Pattern.compile("__device__ [^;{}()=]*\\b(\\w+)\\("),
      Pattern.compile("constexpr \\w+ (\\w+)(?:\\[\\w+\\])* = "),
      Pattern.compile("__device__ const \\w+ (\\w+)\\["),
      Pattern.compile("struct (\\w+) \\{"));

  @Test
  void shippedTextsUseWhatTheyDefine() {
    Map<String, Set<String>> unused = new TreeMap<>();
    List<KernelUnit> kernels = ShippedSources.all().stream().flatMap(shipped -> shipped.kernels().stream()).toList();
    for (KernelUnit kernel : kernels) {
      for (KernelVariant variant : kernel.variants()) {
        note(unused, kernel.name() + "." + variant.family(), variant.cuda());
        variant.quantizer().ifPresent(quantizer -> note(unused, quantizer.entry(), quantizer.cuda()));
      }
    }
    assertEquals(Map.of(), unused);
  }

  @Test
  void whatIsNotUsedIsFound() {
    assertEquals(Set.of("kOne", "f", "S"), unused("""
        constexpr int kOne = 1;  // f(kOne) of S
        constexpr int kTwo = 2;
        struct S {
          __device__ __forceinline__ int f(int v) const { return kTwo; }
        };
        """));
  }

  private static void note(Map<String, Set<String>> all, String name, String text) {
    Set<String> unused = unused(text);
    if (!unused.isEmpty()) {
      all.put(name, unused);
    }
  }

  private static Set<String> unused(String text) {
    String code = SILENT.matcher(text).replaceAll("");
    Map<String, Long> mentions = Pattern.compile("\\w+").matcher(code).results()
        .collect(Collectors.groupingBy(m -> m.group(), Collectors.counting()));
    Map<String, Long> definitions = DEFINITIONS.stream().flatMap(p -> p.matcher(code).results())
        .collect(Collectors.groupingBy(m -> m.group(1), Collectors.counting()));
    return definitions.keySet().stream().filter(name -> mentions.get(name).equals(definitions.get(name)))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
