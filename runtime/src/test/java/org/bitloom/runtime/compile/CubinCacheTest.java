package org.bitloom.runtime.compile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.bitloom.runtime.api.KernelResources;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CubinCacheTest {
  private static final CompileRequest REQUEST = new CompileRequest("set",
      "extern \"C\" __global__ void set(int* y) { *y = VALUE; }", "sm_90a", List.of("-DVALUE=7"));

  @TempDir
  Path temporary;

  private CacheFolder folder;

  @BeforeEach
  void open() {
    folder = CacheFolder.at(temporary.resolve("cache"));
  }

  private KernelCompiler compiler() {
    return new KernelCompiler(Nvrtc.standard(), cache());
  }

  private CubinCache cache() {
    return new CubinCache(folder, CubinCache.DEFAULT_MAX_BYTES);
  }

  private Path onlyEntry() throws IOException {
    try (Stream<Path> files = Files.list(folder.folder("kernels"))) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all.toString());
      return all.getFirst();
    }
  }

  private static CacheKey key(String text) {
    return CacheKey.of(new CompileRequest("k", text, "sm_80", List.of()), "test");
  }

  private static CompiledKernel kernel(int bytes, int fill) {
    byte[] image = new byte[bytes];
    Arrays.fill(image, (byte) fill);
    return new CompiledKernel("k", "sm_80", ImageKind.CUBIN, Image.of(image),
        List.of(new KernelResources("k", 40, 128, 8, 4, 2)), "a log: \u00e4\u4e2d");
  }

  @Test
  void aWarmStartNeitherCallsNorLoadsNvrtc() {
    KernelCompiler cold = compiler();
    CompiledKernel compiled = cold.compile(REQUEST);
    assertEquals(1, cold.compilations());
    assertEquals(compiled, cold.compile(REQUEST));
    assertEquals(1, cold.compilations());

    Nvrtc nvrtc = Nvrtc.standard();
    KernelCompiler warm = new KernelCompiler(nvrtc, cache());
    assertEquals(compiled, warm.compile(REQUEST));
    assertEquals(0, warm.compilations());
    assertFalse(nvrtc.isLoaded());
  }

  @Test
  void damagedEntriesAreRebuilt() throws IOException {
    CompiledKernel compiled = compiler().compile(REQUEST);
    byte[] good = Files.readAllBytes(onlyEntry());
    byte[] flipped = good.clone();
    flipped[good.length - 100] ^= 4;
    List<byte[]> damages = List.of(new byte[0], Arrays.copyOf(good, good.length / 2),
        Arrays.copyOf(good, good.length + 1), flipped, "garbage".repeat(100).getBytes(StandardCharsets.US_ASCII));
    for (byte[] damage : damages) {
      Files.write(onlyEntry(), damage);
      KernelCompiler compiler = compiler();
      assertEquals(compiled.image(), compiler.compile(REQUEST).image());
      assertEquals(1, compiler.compilations());
      assertEquals(0, onlyEntryReads(compiled));
    }
  }

  private long onlyEntryReads(CompiledKernel expected) {
    KernelCompiler compiler = compiler();
    assertEquals(expected.image(), compiler.compile(REQUEST).image());
    return compiler.compilations();
  }

  @Test
  void everyFlippedBitIsNoticed() {
    CacheKey key = key("a");
    byte[] good = CacheEntry.write(key, kernel(50, 3));
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(IOException.class, () -> CacheEntry.read(key, flipped));
    }
  }

  @Test
  void anEntryUnderAnotherNameIsNoticed() throws IOException {
    cache().store(key("a"), kernel(50, 3));
    Files.copy(folder.folder("kernels").resolve(key("a").hex()), folder.folder("kernels").resolve(key("b").hex()));
    assertEquals(Optional.empty(), cache().find(key("b")));
    assertEquals(Optional.of(kernel(50, 3)), cache().find(key("a")));
  }

  @Test
  void theKeyDependsOnEveryIngredient() {
    List<CacheKey> keys = List.of(CacheKey.of(REQUEST, "12.9"), CacheKey.of(REQUEST, "12.8"),
        CacheKey.of(new CompileRequest("other", REQUEST.cuda(), REQUEST.arch(), REQUEST.options()), "12.9"),
        CacheKey.of(new CompileRequest("set", REQUEST.cuda() + " ", REQUEST.arch(), REQUEST.options()), "12.9"),
        CacheKey.of(new CompileRequest("set", REQUEST.cuda(), "sm_80", REQUEST.options()), "12.9"),
        CacheKey.of(new CompileRequest("set", REQUEST.cuda(), REQUEST.arch(), List.of("-DVALUE=8")), "12.9"),
        CacheKey.of(new CompileRequest("set", REQUEST.cuda(), REQUEST.arch(), List.of("-DVALUE", "=7")), "12.9"),
        CacheKey.of(new CompileRequest("set", REQUEST.cuda(), REQUEST.arch(), List.of()), "12.9"));
    Set<CacheKey> distinct = new HashSet<>(keys);
    assertEquals(keys.size(), distinct.size());
    assertEquals(keys.getFirst(), CacheKey.of(REQUEST, "12.9"));
  }

  @Test
  void readersNeverSeeHalfAnEntry() throws Exception {
    CacheKey key = key("shared");
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> workers = new ArrayList<>();
      for (int worker = 0; worker < 4; worker++) {
        int fill = worker;
        workers.add(pool.submit(() -> {
          CubinCache own = cache();
          int found = 0;
          for (int i = 0; i < 40; i++) {
            own.store(key, kernel(200_000, fill));
            Optional<CompiledKernel> seen = own.find(key);
            assertTrue(seen.isPresent());
            byte[] image = seen.get().image().toArray();
            assertEquals(kernel(200_000, image[0]), seen.get());
            found++;
          }
          return found;
        }));
      }
      for (Future<Integer> worker : workers) {
        assertEquals(40, worker.get());
      }
    }
  }

  @Test
  void theSameKernelCompilesOnceForManyThreads() throws Exception {
    KernelCompiler compiler = compiler();
    try (ExecutorService pool = Executors.newFixedThreadPool(6)) {
      List<Future<CompiledKernel>> results = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        results.add(pool.submit(() -> compiler.compile(REQUEST)));
      }
      for (Future<CompiledKernel> result : results) {
        assertEquals(results.getFirst().get(), result.get());
      }
    }
    assertEquals(1, compiler.compilations());
  }

  @Test
  void failuresReachEveryWaitingThreadAndAreNotCached() throws Exception {
    KernelCompiler compiler = compiler();
    CompileRequest wrong = new CompileRequest("wrong", "nonsense", "sm_80", List.of());
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        results.add(
            pool.submit(() -> assertThrows(KernelCompilationException.class, () -> compiler.compile(wrong))));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
    long before = compiler.compilations();
    assertThrows(KernelCompilationException.class, () -> compiler.compile(wrong));
    assertEquals(before + 1, compiler.compilations());
  }

  @Test
  void theOldestEntriesGoFirst() throws IOException {
    CubinCache small = new CubinCache(folder, 40_000);
    Instant start = Instant.now().minus(Duration.ofDays(2));
    for (int i = 0; i < 8; i++) {
      small.store(key("k" + i), kernel(9_000, i));
      Path file = folder.folder("kernels").resolve(key("k" + i).hex());
      if (Files.exists(file)) {
        Files.setLastModifiedTime(file, FileTime.from(start.plusSeconds(i)));
      }
    }
    assertTrue(small.find(key("k7")).isPresent());
    assertEquals(Optional.empty(), small.find(key("k0")));
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder.folder("kernels"))) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertTrue(bytes <= 40_000, bytes + " bytes");
  }

  @Test
  void useKeepsAnEntryYoung() throws IOException {
    cache().store(key("used"), kernel(10, 1));
    Path file = folder.folder("kernels").resolve(key("used").hex());
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
    assertTrue(cache().find(key("used")).isPresent());
    assertTrue(Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(Duration.ofHours(1))));
  }

  @Test
  void randomGarbageIsNeverAKernel() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] garbage = new byte[random.nextInt(400)];
      random.nextBytes(garbage);
      assertThrows(IOException.class, () -> CacheEntry.read(key("x"), garbage), () -> "seed " + seed);
    }
  }
}
