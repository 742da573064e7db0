package org.bitloom.runtime.tune;

import java.util.Comparator;
import java.util.stream.Collectors;

import org.bitloom.runtime.api.BatchBucket;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.KernelVariant;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.compile.Sha256;

/**
 * What a winner was found for. Ordered as entries stand in a file.
 *
 * @param generator names the generator's version by its work: a fingerprint of the kernel's texts
 * @param layout the bit placement of the packed weights, see {@link org.bitloom.runtime.api.LayoutInfo#id()}
 * @param kernel the name, see {@link KernelUnit#name()}
 * @param bucket the largest of the batches that share a schedule, see {@link BatchBucket}
 */
public record TuningKey(TuningPlatform platform, String generator, String format, String layout,
    String kernel, int n, int k, int bucket) implements Comparable<TuningKey> {
  private static final int FINGERPRINT = 12;
  private static final Comparator<TuningKey> ORDER = Comparator.comparing((TuningKey key) -> key.platform.device())
      .thenComparing(TuningKey::format).thenComparing(TuningKey::kernel)
      .thenComparing(TuningKey::layout).thenComparingInt(TuningKey::n).thenComparingInt(TuningKey::k)
      .thenComparingInt(TuningKey::bucket).thenComparing(key -> key.platform.driver())
      .thenComparing(key -> key.platform.nvrtc()).thenComparing(TuningKey::generator);

  public TuningKey {
    if (n < 1 || k < 1 || bucket < 1) {
      throw new IllegalArgumentException("n, k and bucket are at least 1, not " + n + ", " + k + ", " + bucket);
    }
    if (bucket(bucket) != bucket) {
      throw new IllegalArgumentException("no bucket of batches ends with " + bucket);
    }
  }

  /** The key of {@code problem} for {@code kernel}. */
  public static TuningKey of(TuningPlatform platform, KernelUnit kernel, Problem problem) {
    return new TuningKey(platform, fingerprint(kernel), kernel.format().name(), kernel.layout().id(), kernel.name(),
        problem.n(), problem.k(), bucket(problem.m()));
  }

  private static String fingerprint(KernelUnit kernel) {
    String texts = kernel.variants().stream().map(KernelVariant::cuda).collect(Collectors.joining("\n"));
    return Sha256.hex(texts).substring(0, FINGERPRINT);
  }

  /** The largest batch that shares a schedule with batch {@code m}. */
  public static int bucket(int m) {
    return BatchBucket.of(m).largest();
  }

  /** The problem of the largest batch that shares a schedule with {@code problem}: the one that products choose for. */
  public static Problem largest(Problem problem) {
    return new Problem(problem.n(), problem.k(), bucket(problem.m()));
  }

  @Override
  public int compareTo(TuningKey other) {
    return ORDER.compare(this, other);
  }
}
