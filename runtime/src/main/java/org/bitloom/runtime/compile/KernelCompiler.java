package org.bitloom.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.bitloom.runtime.api.ActivationQuantizer;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.Schedule;

/**
 * Compiles kernels, or fetches them from the cache; what is cached costs no NVRTC call and does not load NVRTC. Safe for
 * many threads: different kernels compile in parallel, the same kernel compiles once.
 */
public final class KernelCompiler {
  private static final String DIALECT = "--std=c++17";

  private final Nvrtc nvrtc;
  private final CubinCache cache;
  private final String identity;
  private final ConcurrentMap<CacheKey, CompletableFuture<CompiledKernel>> running = new ConcurrentHashMap<>();

  /** {@code nvrtc} behind {@code cache}. */
  public KernelCompiler(Nvrtc nvrtc, CubinCache cache) {
    this.nvrtc = nvrtc;
    this.cache = cache;
    this.identity = nvrtc.identity();
  }

  /** The NVRTC of this process's surroundings behind the user's cache. */
  public static KernelCompiler standard() {
    return new KernelCompiler(Nvrtc.standard(), new CubinCache(CacheFolder.standard(), CubinCache.DEFAULT_MAX_BYTES));
  }

  /** What NVRTC is asked for {@code kernel} under {@code schedule}. */
  public static CompileRequest request(KernelUnit kernel, Schedule schedule, String arch) {
    List<String> options = new ArrayList<>();
    options.add(DIALECT);
    options.addAll(schedule.defines());
    return new CompileRequest(kernel.entry(), kernel.variant(schedule).cuda(), arch, options);
  }

  /** What NVRTC is asked for an activation quantizer. */
  public static CompileRequest request(ActivationQuantizer quantizer, String arch) {
    return new CompileRequest(quantizer.entry(), quantizer.cuda(), arch, List.of(DIALECT));
  }

  /**
   * The image of {@code kernel} under {@code schedule}.
   *
   * @param arch {@code sm_90a} for a cubin, {@code compute_90a} for PTX
   */
  public CompiledKernel compile(KernelUnit kernel, Schedule schedule, String arch) {
    return compile(request(kernel, schedule, arch));
  }

  /** The image of {@code request}. */
  public CompiledKernel compile(CompileRequest request) {
    CacheKey key = CacheKey.of(request, identity);
    CompletableFuture<CompiledKernel> mine = new CompletableFuture<>();
    CompletableFuture<CompiledKernel> first = running.putIfAbsent(key, mine);
    if (first != null) {
      return await(first);
    }
    try {
      CompiledKernel kernel = fetch(key, request);
      mine.complete(kernel);
      return kernel;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      running.remove(key, mine);
    }
  }

  /** Release of the NVRTC that compiles, such as {@code 12.9}. Loads nothing. */
  public String nvrtcRelease() {
    return nvrtc.release();
  }

  /** How many NVRTC compilations this compiler has started. */
  public long compilations() {
    return nvrtc.compilations();
  }

  private CompiledKernel fetch(CacheKey key, CompileRequest request) {
    Optional<CompiledKernel> cached = cache.find(key);
    if (cached.isPresent()) {
      return cached.get();
    }
    CompiledKernel kernel = nvrtc.compile(request);
    cache.store(key, kernel);
    return kernel;
  }

  private static CompiledKernel await(CompletableFuture<CompiledKernel> other) {
    try {
      return other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
