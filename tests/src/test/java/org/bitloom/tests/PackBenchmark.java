package org.bitloom.tests;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.bitloom.codegen.java.PackerCompiler;
import org.bitloom.codegen.java.PackerCompiler.Source;
import org.bitloom.codegen.java.PackerEmitter;
import org.bitloom.codegen.layout.WeightLayout;
import org.bitloom.codegen.plan.FormatInfos;
import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.Codec.FloatCodec;
import org.bitloom.dsl.model.Codec.IntCodec;
import org.bitloom.dsl.model.Codec.Specials;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.dsl.source.Span;
import org.bitloom.runtime.api.CodePacker;
import org.bitloom.runtime.api.PackedShape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Weights a generated packer moves per nanosecond (G weights/s) on one core, off-heap, 64 MiB of codes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PackBenchmark {
  private static final int N = 4096;
  private static final int K = 16384;

  /** The formats measured. */
  public enum Format {
    INT4, E2M1, E3M2, E2M3, INT3, E2M2, INT8, E4M3, BCQ2, BCQ3, BCQ4;

    Codec codec() {
      return switch (this) {
        case INT4 -> new IntCodec(4);
        case E2M1 -> new FloatCodec(2, 1, Specials.FINITE, 1);
        case E3M2 -> new FloatCodec(3, 2, Specials.FINITE, 3);
        case E2M3 -> new FloatCodec(2, 3, Specials.FINITE, 1);
        case INT3 -> new IntCodec(3);
        case E2M2 -> new FloatCodec(2, 2, Specials.FINITE, 1);
        case INT8 -> new IntCodec(8);
        case E4M3 -> new FloatCodec(4, 3, Specials.FN, 7);
        case BCQ2 -> new BinaryCodec(2);
        case BCQ3 -> new BinaryCodec(3);
        case BCQ4 -> new BinaryCodec(4);
      };
    }
  }

  @Param
  Format format;

  private Arena arena;
  private MemorySegment codes;
  private MemorySegment packed;
  private CodePacker packer;

  @Setup
  public void fill() {
    Codec codec = format.codec();
    ScaleSpec scale = new ScaleSpec(NumberType.Float.F16, new Granularity.PerRow(), Span.NONE);
    FormatSpec spec = new FormatSpec("measured", codec, List.of(scale), Optional.empty(), Optional.empty(), Span.NONE);
    WeightLayout layout = WeightLayout.of(codec);
    String text = PackerEmitter.emit("measured", "Packer", spec, codec.toString(), layout);
    packer = PackerCompiler.compile(List.of(new Source("measured.Packer", text))).orElseThrow().getFirst();
    arena = Arena.ofConfined();
    codes = arena.allocate((long) N * K);
    packed = arena
        .allocate(new PackedShape(FormatInfos.of(spec, codec.toString()), layout.info(), N, K).codes().bytes());
    byte[] random = new byte[K];
    new Random(1).nextBytes(random);
    for (int i = 0; i < K; i++) {
      random[i] &= (byte) ((1 << codec.bits()) - 1);
      boolean noWeight = !(codec instanceof BinaryCodec) && Double.isNaN(codec.value(random[i] & 0xff));
      random[i] = noWeight ? 0 : random[i];
    }
    for (int row = 0; row < N; row++) {
      codes.asSlice((long) row * K, K).copyFrom(MemorySegment.ofArray(random));
    }
    packer.pack(codes, N, K, packed, 0, N / 16);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  @OperationsPerInvocation(N * K)
  public void pack() {
    packer.pack(codes, N, K, packed, 0, N / 16);
  }

  @Benchmark
  @OperationsPerInvocation(N * K)
  public void unpack() {
    packer.unpack(packed, N, K, codes, 0, N / 16);
  }

  /** Runs all of this class; arguments are JMH's include patterns. */
  public static void main(String[] includes) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    for (String include : includes.length == 0 ? new String[]{PackBenchmark.class.getName()} : includes) {
      options.include(include);
    }
    new Runner(options.build()).run();
  }
}
