package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.tune.TuningKey;

/** What a tuning command names: kernels without epilogue, batches by bucket, a GPU. */
final class TuneTargets {
  private static final String ALL = "all";

  /** A format and the kernel of it that is tuned. */
  record Target(WeightFormat format, KernelUnit kernel) {
  }

  private TuneTargets() {
  }

  /** The kernels that {@code request} names. */
  static List<Target> of(TuneRequest request) {
    List<WeightFormat> formats = new ArrayList<>();
    for (String name : request.formats()) {
      formats.addAll(name.equals(ALL) ? withKernels() : FormatChooser.formats(name));
    }
    List<Target> targets = new ArrayList<>();
    for (WeightFormat format : formats) {
      List<KernelUnit> kernels = PlainKernels.of(format, request.type(), request.kernels());
      if (kernels.isEmpty() && request.kernels().isEmpty()) {
        throw new BadInput(format.info().name() + " has no kernel without epilogue for " + request.type());
      }
      kernels.forEach(kernel -> targets.addAll(planes(format, kernel, request.planes())));
    }
    if (targets.isEmpty()) {
      throw new BadInput("no kernel of these formats without an epilogue is named so");
    }
    return targets;
  }

  private static List<Target> planes(WeightFormat format, KernelUnit kernel, List<Integer> planes) {
    if (planes.isEmpty()) {
      return List.of(new Target(format, kernel));
    }
    try {
      return planes.stream().map(used -> new Target(format, kernel.withPlanes(new SignPlanes(used)))).toList();
    } catch (IllegalArgumentException e) {
      throw new BadInput("--planes: " + e.getMessage());
    }
  }

  private static List<WeightFormat> withKernels() {
    return ShippedFormats.all().stream().filter(format -> !format.kernels().isEmpty()).toList();
  }

  /** The batches of each bucket, ascending. */
  static SortedMap<Integer, List<Integer>> buckets(List<Integer> batches) {
    SortedMap<Integer, List<Integer>> buckets = new TreeMap<>();
    batches.stream().distinct().sorted()
        .forEach(m -> buckets.computeIfAbsent(TuningKey.bucket(m), _ -> new ArrayList<>()).add(m));
    return buckets;
  }
}
