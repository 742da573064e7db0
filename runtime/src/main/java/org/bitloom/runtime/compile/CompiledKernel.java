package org.bitloom.runtime.compile;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.bitloom.runtime.api.KernelResources;

/**
 * A compiled text.
 *
 * @param entries one for each entry of a cubin; none for PTX, whose registers are not yet assigned
 * @param log what the compiler said, warnings and resources
 */
public record CompiledKernel(String name, String arch, ImageKind kind, Image image, List<KernelResources> entries,
    String log) {
  public CompiledKernel {
    entries = List.copyOf(entries);
  }

  /** What the entry {@code name} takes, if the compiler said so. */
  public Optional<KernelResources> entry(String name) {
    return entries.stream().filter(entry -> entry.entry().equals(name)).findFirst();
  }

  /** The text of a PTX image. */
  public String ptx() {
    if (kind != ImageKind.PTX) {
      throw new IllegalStateException(name + " was compiled to a cubin for " + arch + "; PTX needs compute_XY");
    }
    return new String(image.toArray(), StandardCharsets.UTF_8);
  }
}
