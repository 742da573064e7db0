package org.bitloom.runtime.compile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.bitloom.runtime.api.KernelResources;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NvrtcTest {
  private static final String COPY = """
      extern "C" __global__ void copy(float* y, const float* x) {
        __shared__ float s[64];
        s[threadIdx.x] = x[threadIdx.x];
        __syncthreads();
        y[threadIdx.x] = s[63 - threadIdx.x] * FACTOR;
      }
      """;
  private static final String SPILL = """
      extern "C" __global__ void __launch_bounds__(1024, 2) spill(float* y, const float* x) {
        float v[64];
        #pragma unroll
        for (int i = 0; i < 64; i++) v[i] = x[i * 1024 + threadIdx.x];
        __syncthreads();
        #pragma unroll
        for (int i = 0; i < 64; i++) y[i * 1024 + threadIdx.x] = v[63 - i] * v[i] + v[i * 7 % 64];
      }
      """;

  private static Nvrtc nvrtc;

  @BeforeAll
  static void find() {
    nvrtc = Nvrtc.standard();
  }

  private static CompileRequest copy(String arch) {
    return new CompileRequest("copy", COPY, arch, List.of("-DFACTOR=2.0f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90a"})
  void compilesToCubins(String arch) {
    CompiledKernel kernel = nvrtc.compile(copy(arch));
    assertEquals(ImageKind.CUBIN, kernel.kind());
    byte[] image = kernel.image().toArray();
    assertEquals("\u007fELF", new String(image, 0, 4, StandardCharsets.ISO_8859_1));
    KernelResources resources = kernel.entry("copy").orElseThrow();
    assertEquals(256, resources.smemBytes());
    assertEquals(0, resources.spillBytes());
    assertTrue(resources.registers() > 0 && resources.registers() < 64, resources.toString());
  }

  @Test
  void compilesToPtx() {
    CompiledKernel kernel = nvrtc.compile(copy("compute_90a"));
    assertEquals(ImageKind.PTX, kernel.kind());
    assertTrue(kernel.ptx().contains(".target sm_90a"), kernel.ptx());
    assertTrue(kernel.ptx().contains(".entry copy"), kernel.ptx());
    assertEquals(Optional.empty(), kernel.entry("copy"));
    assertThrows(IllegalStateException.class, () -> nvrtc.compile(copy("sm_80")).ptx());
  }

  @Test
  void reportsSpills() {
    KernelResources resources = nvrtc.compile(new CompileRequest("spill", SPILL, "sm_90a", List.of())).entry("spill")
        .orElseThrow();
    assertTrue(resources.spillStoreBytes() > 0 && resources.spillLoadBytes() > 0 && resources.stackBytes() > 0,
        resources.toString());
    assertEquals(32, resources.registers());
  }

  @Test
  void compileErrorsCarryLogAndName() {
    CompileRequest request = new CompileRequest("wrong", "extern \"C\" __global__ void f() { int x = yy; }", "sm_90a",
        List.of());
    KernelCompilationException e = assertThrows(KernelCompilationException.class, () -> nvrtc.compile(request));
    assertEquals("wrong", e.kernel());
    assertTrue(e.log().contains("wrong.cu(1): error: identifier \"yy\" is undefined"), e.log());
    assertTrue(e.getMessage().startsWith("kernel wrong does not compile for sm_90a: "), e.getMessage());
  }

  @Test
  void errorsOfTheAssemblerCarryTheirLog() {
    CompileRequest request = new CompileRequest("wrong", "extern \"C\" __global__ void f() { asm(\"bogus;\"); }",
        "sm_90a", List.of());
    assertTrue(assertThrows(KernelCompilationException.class, () -> nvrtc.compile(request)).log().contains("bogus"));
  }

  @Test
  void unknownArchitecturesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> copy("hopper"));
    KernelCompilationException e = assertThrows(KernelCompilationException.class, () -> nvrtc.compile(copy("sm_77")));
    assertTrue(e.getMessage().contains("--gpu-architecture"), e.getMessage());
  }

  @Test
  void compilesInParallel() throws Exception {
    Nvrtc own = Nvrtc.standard();
    assertFalse(own.isLoaded());
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<CompiledKernel>> kernels = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        CompileRequest request = new CompileRequest("copy", COPY, "sm_80", List.of("-DFACTOR=" + i + ".0f"));
        kernels.add(pool.submit(() -> own.compile(request)));
      }
      for (Future<CompiledKernel> kernel : kernels) {
        assertEquals(256, kernel.get().entry("copy").orElseThrow().smemBytes());
      }
    }
    assertEquals(8, own.compilations());
  }

  @Test
  void missingNvrtcSaysWhatToDo() {
    NativeLibraries nothing = new NativeLibraries(CacheFolder.standard(),
        new NativePlaces(Optional.empty(), Optional.empty(), List.of()), ClassLoader.getPlatformClassLoader());
    NativeLibraryException e = assertThrows(NativeLibraryException.class, () -> new Nvrtc(nothing));
    assertTrue(e.getMessage().contains("org.bytedeco:cuda-redist") && e.getMessage().contains("BITLOOM_NVRTC"),
        e.getMessage());
  }

  @Test
  void aChosenNvrtcMustExist() {
    NativeLibraries wrong = new NativeLibraries(CacheFolder.standard(),
        new NativePlaces(Optional.of(Path.of("/no/such/folder")), Optional.empty(), List.of()));
    NativeLibraryException e = assertThrows(NativeLibraryException.class, () -> new Nvrtc(wrong));
    assertTrue(e.getMessage().contains("/no/such/folder") && e.getMessage().contains("BITLOOM_NVRTC"), e.getMessage());
  }
}
