package org.bitloom.codegen.java;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

import javax.lang.model.element.Modifier;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import org.bitloom.codegen.java.CodeSet.Legal;
import org.bitloom.codegen.layout.Placement;
import org.bitloom.codegen.layout.SignLayout;
import org.bitloom.codegen.layout.WeightLayout;

/**
 * Emits the heart of a packer: two rows of a cell, 16 times 8 codes, to and from the words of 4 lanes. The 8 codes of a pair
 * are one long; compress gathers the bits of a {@link BitMove} and expand lays them into the words of two lanes at once. Of
 * codes that lie in planes it moves those of one plane, whose bit in each of 8 codes the parameter {@code plane} masks.
 */
final class RowsEmitter {
  /** The lowest bit of each of 8 codes. */
  static final long BYTES = 0x0101_0101_0101_0101L;
  /** The bit of one plane in each of 8 codes. */
  static final ParameterSpec PLANE = ParameterSpec.builder(long.class, "plane").build();

  private final WeightLayout layout;
  private final CodeSet codeSet;
  private final List<BitMove> moves;

  RowsEmitter(WeightLayout layout, CodeSet codeSet) {
    this.layout = layout;
    this.codeSet = codeSet;
    this.moves = BitMove.of(layout.placement());
  }

  private MethodSpec.Builder rows(String name, String doc) {
    return MethodSpec.methodBuilder(name).addJavadoc(doc).addModifiers(Modifier.PRIVATE, Modifier.STATIC)
        .addParameter(MemorySegment.class, "codes").addParameter(long.class, "upper")
        .addParameter(long.class, "lower").addParameter(MemorySegment.class, "packed").addParameter(long.class, "lanes")
        .addParameter(int.class, "word").addParameters(inPlanes() ? List.of(PLANE) : List.of());
  }

  private boolean inPlanes() {
    return layout.planes() > 1;
  }

  /** Codes to words. */
  MethodSpec packRows() {
    CodeBlock.Builder body = CodeBlock.builder();
    BitSet loaded = new BitSet();
    for (int word = 0; word < layout.bits(); word++) {
      List<CodeBlock> low = new ArrayList<>();
      List<CodeBlock> high = new ArrayList<>();
      body.add("// word $L of the cell\n", word);
      for (BitMove move : movesTo(word)) {
        if (!loaded.get(move.pair())) {
          loaded.set(move.pair());
          body.addStatement("long pair$L = codes.get(CODES, $L)", move.pair(), address(move.pair()));
        }
        String gathered = "bits" + moves.indexOf(move);
        body.addStatement("long $L = $L", gathered, gather(move));
        low.add(CodeBlock.of("Long.expand($L, $L)", gathered, hex(move.targetOfTwo())));
        high.add(CodeBlock.of("Long.expand($L >>> $L, $L)", gathered, 2 * move.bits(), hex(move.targetOfTwo())));
      }
      body.addStatement("store(packed, lanes, $L,$>$>\n$L,\n$L$<$<)", index(word), CodeBlock.join(low, "\n    | "),
          CodeBlock.join(high, "\n    | "));
    }
    return rows("packRows", "Packs rows upper and lower of a cell. Returns 0 unless a code is bad.\n")
        .returns(long.class).addCode(body.build()).addCode(check()).build();
  }

  private List<BitMove> movesTo(int word) {
    return moves.stream().filter(move -> move.word() == word).toList();
  }

  private static String index(int word) {
    return word == 0 ? "word" : "word + " + word;
  }

  private static CodeBlock address(int pair) {
    int column = 16 * (pair / 4) + 8 * (pair / 2 % 2);
    String row = pair % 2 == 0 ? "upper" : "lower";
    return column == 0 ? CodeBlock.of("$L", row) : CodeBlock.of("$L + $L", row, column);
  }

  private CodeBlock flipped(String pair) {
    String flip = inPlanes() ? "plane" : hex(layout.flip() * BYTES);
    return layout.flip() == 0 ? CodeBlock.of("$L", pair) : CodeBlock.of("$L ^ $L", pair, flip);
  }

  private CodeBlock gather(BitMove move) {
    CodeBlock fields = flipped("pair" + move.pair());
    return move.sourceOfFour() == -1L
        ? fields
        : CodeBlock.of("Long.compress($L, $L)", fields, source(move));
  }

  private String source(BitMove move) {
    return inPlanes() ? "plane" : hex(move.sourceOfFour());
  }

  /** The flags of bad codes: bits above the width, or a byte whose sum with the room above the last code carries. */
  private CodeBlock check() {
    CodeBlock.Builder check = CodeBlock.builder();
    List<String> flags = new ArrayList<>();
    if (layout.codeBits() < 8) {
      check.addStatement("long seen = $L", overPairs("pair%s", 8));
      flags.add("seen & " + hex((256 - (1 << layout.codeBits())) * BYTES));
    }
    switch (codeSet.legal()) {
      case Legal.All _ -> {
      }
      case Legal.Below below when below.count() <= 128 -> {
        check.addStatement("long sums = $L", overPairs(sum(127, 128 - below.count()), 1));
        flags.add("sums & " + hex(128 * BYTES));
      }
      case Legal.Below below -> {
        check.addStatement("long sums = $L", overPairs("(" + sum(127, 256 - below.count()) + " & pair%1$s)", 1));
        flags.add("sums & " + hex(128 * BYTES));
      }
      case Legal.MagnitudeBelow m -> {
        check.addStatement("long sums = $L", overPairs(sum(m.mask(), 128 - m.count()), 1));
        flags.add("sums & " + hex(128 * BYTES));
      }
    }
    check.addStatement("return $L", switch (flags.size()) {
      case 0 -> "0";
      case 1 -> flags.getFirst();
      default -> flags.stream().collect(Collectors.joining(") | (", "(", ")"));
    });
    return check.build();
  }

  private static String sum(int mask, int room) {
    return "((pair%1$s & " + hex(mask * BYTES) + ") + " + hex(room * BYTES) + ")";
  }

  private static String overPairs(String each, int perLine) {
    StringBuilder all = new StringBuilder();
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      all.append(pair == 0 ? "" : pair % perLine == 0 ? "\n    | " : " | ").append(each.formatted(pair));
    }
    return all.toString();
  }

  /** Words to codes. */
  MethodSpec unpackRows() {
    CodeBlock.Builder body = CodeBlock.builder();
    for (int word = 0; word < layout.bits(); word++) {
      String turn = layout.ofRows() ? ", turn" : "";
      body.addStatement("long low$L = load(packed, lanes, $L$L)", word, index(word), turn);
      body.addStatement("long high$L = load(packed, lanes + 32, $L$L)", word, index(word), turn);
    }
    for (int pair = 0; pair < Placement.PAIRS; pair++) {
      List<CodeBlock> terms = new ArrayList<>();
      for (BitMove move : moves) {
        if (move.pair() == pair) {
          terms.add(scatter(move));
        }
      }
      body.addStatement("long pair$L = $L", pair, CodeBlock.join(terms, "\n    | "));
      body.addStatement("codes.set(CODES, $L, $L)", address(pair), kept(pair).add(flipped("pair" + pair)).build());
    }
    MethodSpec.Builder method = rows("unpackRows", "Unpacks rows upper and lower of a cell.\n");
    if (inPlanes()) {
      method.addStatement("long before = plane == $L ? 0 : -1", hex(BYTES));
    }
    if (layout.ofRows()) {
      method.addStatement("int turn = $L", SignWordsEmitter.turn(inPlanes()));
    }
    return method.addCode(body.build()).build();
  }

  /** What the planes before have left in the codes of a pair. */
  private CodeBlock.Builder kept(int pair) {
    CodeBlock.Builder kept = CodeBlock.builder();
    return inPlanes() ? kept.add("(codes.get(CODES, $L) & before) | ", address(pair)) : kept;
  }

  private CodeBlock scatter(BitMove move) {
    String target = hex(move.targetOfTwo());
    CodeBlock gathered = CodeBlock.of("Long.compress(low$L, $L) | Long.compress(high$L, $L) << $L", move.word(), target,
        move.word(), target, 2 * move.bits());
    return move.sourceOfFour() == -1L
        ? gathered
        : CodeBlock.of("Long.expand($L, $L)", gathered, source(move));
  }

  /** One word of each of 4 lanes, to memory. */
  MethodSpec store() {
    return MethodSpec.methodBuilder("store").addJavadoc("Word {@code word} of lanes 0, 1 and of lanes 2, 3.\n")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC).addParameter(MemorySegment.class, "packed")
        .addParameter(long.class, "lanes").addParameter(int.class, "word").addParameter(long.class, "low")
        .addParameter(long.class, "high").addStatement("long at = $L", wordAddress())
        .addStatement("packed.set(WORD, at, (int) low)").addStatement("packed.set(WORD, at + 16, (int) (low >>> 32))")
        .addStatement("packed.set(WORD, at + 32, (int) high)")
        .addStatement("packed.set(WORD, at + 48, (int) (high >>> 32))").build();
  }

  /** One word of two lanes, from memory. */
  MethodSpec load() {
    MethodSpec.Builder method = MethodSpec.methodBuilder("load").addJavadoc("Word {@code word} of two lanes.\n")
        .addModifiers(Modifier.PRIVATE, Modifier.STATIC).returns(long.class).addParameter(MemorySegment.class, "packed")
        .addParameter(long.class, "lanes").addParameter(int.class, "word");
    if (layout.ofRows()) {
      return method.addParameter(int.class, "turn")
          .addStatement("long at = lanes + ($L) * 4L", SignLayout.firstWordOfCell("word"))
          .addStatement("int cell = $L", SignLayout.cellOfWords("word"))
          .addStatement("return cellWord(packed, at, cell, turn) | cellWord(packed, at + 16, cell, turn) << 32")
          .build();
    }
    return method.addStatement("long at = $L", wordAddress())
        .addStatement("return (packed.get(WORD, at) & 0xffff_ffffL) | (long) packed.get(WORD, at + 16) << 32").build();
  }

  /** Lanes hold chunks of 4 words, [words / 4][32 lanes][4 words]; where words are planes, a plane of 4 cells a chunk. */
  private CodeBlock wordAddress() {
    return layout.isPlanes()
        ? CodeBlock.of("lanes + word % CELL_WORDS * 512L + word / CELL_WORDS * 4L")
        : CodeBlock.of("lanes + (word >> 2) * 512L + (word & 3) * 4L");
  }

  static String hex(long value) {
    return "0x%016xL".formatted(value);
  }
}
