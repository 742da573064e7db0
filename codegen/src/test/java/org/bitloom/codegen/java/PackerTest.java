package org.bitloom.codegen.java;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import org.bitloom.codegen.java.PackerCompiler.Source;
import org.bitloom.codegen.layout.Codecs;
import org.bitloom.codegen.layout.Decode;
import org.bitloom.codegen.layout.Decoded;
import org.bitloom.codegen.layout.Extract;
import org.bitloom.codegen.layout.TargetPattern;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.PackedShape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Generated packers against {@link LayoutPacker}, and both against the extracts that kernels run. */
class PackerTest {
  private static final int RANDOM_FORMATS = 1000;
  private static final List<Codec> BINARY = IntStream.rangeClosed(1, 24).<Codec>mapToObj(
      i -> new BinaryCodec(1 + i % 8)).toList();

  /** A format with its three readers; {@code seed} reproduces its codes. */
  private record Case(FormatSpec format, WeightLayout layout, CodePacker generated, CodePacker slow, long seed) {
    CodeSet codeSet() {
      return CodeSet.of(format.codec());
    }

    PackedShape shape(int n, int k) {
      return new PackedShape(FormatInfos.of(format, "format " + format.name()), layout.info(), n, k);
    }

    @Override
    public String toString() {
      return format.codec() + " seed " + seed;
    }
  }

  private static final List<Case> CASES = new ArrayList<>();

  @BeforeAll
  static void compileOnePackerForEachLayoutAndCodeSet() {
    List<Codec> codecs = new ArrayList<>(Codecs.all());
    codecs.addAll(BINARY);
    for (int seed = 0; seed < RANDOM_FORMATS; seed++) {
      codecs.add(Codecs.random(new Random(seed)));
    }
    Map<Search, WeightLayout> searched = new HashMap<>();
    Map<Codec, WeightLayout> layouts = new LinkedHashMap<>();
    codecs.forEach(codec -> layouts.put(codec, searched.computeIfAbsent(
        search(codec), _ -> WeightLayout.of(codec))));
    record Key(WeightLayout layout, CodeSet codes) {
    }
    Map<Key, Source> sources = new LinkedHashMap<>();
    layouts.forEach((codec, layout) -> sources.computeIfAbsent(new Key(layout, CodeSet.of(codec)), key -> {
      String name = "Packer" + sources.size();
      return new Source("generated." + name,
          PackerEmitter.emit("generated", name, Formats.of("f" + name, codec), codec.toString(), layout));
    }));
    List<CodePacker> compiled = PackerCompiler.compile(List.copyOf(sources.values())).orElseThrow();
    List<Key> keys = List.copyOf(sources.keySet());
    for (int i = 0; i < codecs.size(); i++) {
      Codec codec = codecs.get(i);
      WeightLayout layout = layouts.get(codec);
      FormatSpec format = Formats.of("f" + i, codec);
      CodePacker generated = compiled.get(keys.indexOf(new Key(layout, CodeSet.of(codec))));
      CASES.add(new Case(format, layout, generated, new LayoutPacker(format, layout), i));
    }
  }

  /** All that a layout depends on. */
  private record Search(List<TargetPattern> patterns, int flip, int planes) {
  }

  private static Search search(Codec codec) {
    return codec instanceof BinaryCodec binary
        ? new Search(List.of(), 1, binary.planes())
        : new Search(patterns(codec), Decode.flip(codec), 1);
  }

  /** Where the fields may go. */
  private static List<TargetPattern> patterns(Codec codec) {
    List<TargetPattern> patterns = new ArrayList<>();
    for (ActivationType activation : ActivationType.values()) {
      patterns.addAll(Decode.patterns(codec, activation));
    }
    return patterns;
  }

  @Test
  void generatedPackersWriteTheBytesOfTheBitMapAndGiveTheCodesBack() {
    for (Case test : CASES) {
      Random random = new Random(test.seed);
      int n = 1 + random.nextInt(33);
      int k = 1 + random.nextInt(2 * test.layout.unitK() + 5);
      byte[] codes = codes(test, random, n * k);
      int bytes = (int) test.shape(n, k).codes().bytes();
      byte[] expected = pack(test.slow, codes, n, k, bytes);
      assertArrayEquals(expected, pack(test.generated, codes, n, k, bytes), () -> test + " n " + n + " k " + k);
      assertArrayEquals(codes, unpack(test.generated, expected, n, k), () -> test + " n " + n + " k " + k);
      assertArrayEquals(codes, unpack(test.slow, expected, n, k), () -> test + " n " + n + " k " + k);
    }
  }

  @Test
  void extractsOfPackedBytesDecodeToTheValueOfEveryWeight() {
    for (Case test : CASES) {
      if (Decode.unsupported(test.format.codec()).isEmpty()) {
        Random random = new Random(test.seed);
        int n = 1 + random.nextInt(16);
        int k = test.layout.unitK() - random.nextInt(64);
        byte[] codes = codes(test, random, n * k);
        byte[] packed = pack(test.generated, codes, n, k, (int) test.shape(n, k).codes().bytes());
        for (ActivationType activation : ActivationType.values()) {
          checkUnit(test, Decode.of(test.format.codec(), activation, test.layout), codes, n, k, packed);
        }
      }
    }
  }

  /** Reads a unit as a warp does (PTX ISA, mma.m16n8k16, fragment A). */
  private static void checkUnit(Case test, Decode decode, byte[] codes, int n, int k, byte[] packed) {
    MemorySegment bytes = MemorySegment.ofArray(packed);
    List<Extract> extracts = test.layout.extracts(decode);
    int bits = test.layout.bits();
    for (int lane = 0; lane < 32; lane++) {
      for (int cell = 0; cell < test.layout.cells(); cell++) {
        int[] words = new int[bits];
        for (int word = 0; word < bits; word++) {
          int index = cell * bits + word;
          words[word] = bytes.get(JAVA_INT_UNALIGNED,
              ((index / 4) * 32 + lane) * 16 + index % 4 * 4);
        }
        for (int pair = 0; pair < 16; pair++) {
          int register = extracts.get(pair).apply(words);
          for (int half = 0; half < 2; half++) {
            int row = lane / 4 + 8 * (pair & 1);
            int column = 64 * cell + 16 * (pair / 4) + 2 * (lane % 4) + 8 * (pair >> 1 & 1) + half;
            int code = row < n && column < k ? codes[row * k + column] & 0xff : test.codeSet().pad();
            double expected = test.format.codec().value(code);
            double actual = Decoded.value(decode, pair, register, half);
            if (actual != expected) {
              assertEquals(expected, actual, test + " row " + row + " column " + column + " by " + decode);
            }
          }
        }
      }
    }
  }

  @Test
  void everyCodeWithoutAValueIsRefusedWithRowAndColumn() {
    for (Case test : CASES.subList(0, Codecs.all().size() + 8)) {
      int n = 17;
      int k = test.layout.unitK() + 3;
      Random random = new Random(test.seed);
      byte[] codes = codes(test, random, n * k);
      int bytes = (int) test.shape(n, k).codes().bytes();
      int width = 1 << test.layout.bits();
      for (int bad = 0; bad < 256; bad += bad < width ? 1 : 1 + random.nextInt(40)) {
        if (!test.codeSet().holds(bad)) {
          int at = random.nextInt(n * k);
          byte good = codes[at];
          codes[at] = (byte) bad;
          String expected = "code " + bad + " at row " + at / k + ", column " + at % k + " stands for no weight";
          for (CodePacker packer : List.of(test.generated, test.slow)) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> pack(packer, codes, n, k, bytes), test + " code " + bad);
            assertTrue(refused.getMessage().endsWith(expected), refused.getMessage());
          }
          codes[at] = good;
        }
      }
    }
  }

  @Test
  void tileRangesPackTheirOwnBytesOnly() {
    for (Case test : CASES.subList(0, Codecs.all().size() + 8)) {
      int n = 50;
      int k = 70;
      byte[] codes = codes(test, new Random(test.seed), n * k);
      int bytes = (int) test.shape(n, k).codes().bytes();
      byte[] whole = pack(test.generated, codes, n, k, bytes);
      for (CodePacker packer : List.of(test.generated, test.slow)) {
        byte[] parts = new byte[bytes];
        for (int[] range : new int[][]{{3, 4}, {0, 1}, {1, 3}}) {
          packer.pack(MemorySegment.ofArray(codes), n, k, MemorySegment.ofArray(parts), range[0], range[1]);
        }
        assertArrayEquals(whole, parts, test::toString);
        assertThrows(IndexOutOfBoundsException.class,
            () -> packer.pack(MemorySegment.ofArray(codes), n, k, MemorySegment.ofArray(parts), 0, 5));
      }
    }
  }

  @Test
  void packsMappedMatricesBeyondTwoGibibytesOfCodes(@TempDir Path folder) throws IOException {
    Case test = CASES.getFirst();
    int n = 32 * 1024 + 3;
    int k = 65_600;
    PackedShape shape = test.shape(n, k);
    assertTrue((long) n * k > Integer.MAX_VALUE);
    int tile = shape.tiles() - 1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = sparse(folder.resolve("codes"), (long) n * k, arena);
      MemorySegment packed = sparse(folder.resolve("packed"), shape.codes().bytes(), arena);
      codes.set(JAVA_BYTE, (long) n * k - 1, (byte) 1);
      test.generated.pack(codes, n, k, packed, tile, tile + 1);
      codes.set(JAVA_BYTE, (long) n * k - 1, (byte) 0);
      test.generated.unpack(packed, n, k, codes, tile, tile + 1);
      assertEquals(1, codes.get(JAVA_BYTE, (long) n * k - 1));
    }
  }

  private static MemorySegment sparse(Path file, long bytes, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
    }
  }

  private static byte[] codes(Case test, Random random, int count) {
    int[] valid = IntStream.range(0, 256).filter(test.codeSet()::holds).toArray();
    byte[] codes = new byte[count];
    for (int i = 0; i < count; i++) {
      codes[i] = (byte) valid[random.nextInt(valid.length)];
    }
    return codes;
  }

  private static byte[] pack(CodePacker packer, byte[] codes, int n, int k, int bytes) {
    byte[] packed = new byte[bytes];
    Arrays.fill(packed, (byte) 0xa5);
    packer.pack(MemorySegment.ofArray(codes), n, k, MemorySegment.ofArray(packed), 0, Math.ceilDiv(n, 16));
    return packed;
  }

  private static byte[] unpack(CodePacker packer, byte[] packed, int n, int k) {
    byte[] codes = new byte[n * k];
    packer.unpack(MemorySegment.ofArray(packed), n, k, MemorySegment.ofArray(codes), 0, Math.ceilDiv(n, 16));
    return codes;
  }
}
