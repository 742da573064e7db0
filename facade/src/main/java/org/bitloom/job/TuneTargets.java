package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.tune.TuningKey;

/** What a tuning command names: kernels without epilogue, batches by bucket, a GPU. */
final class TuneTargets {
  private static final String ALL = "all";

  /** A format and the kernel of it that is tuned. */
  record Target(WeightFormat format, KernelUnit kernel) {
  }

  private TuneTargets() {
  }

  /** The plain kernel with {@code type} of each format that {@code names} name. */
  static List<Target> of(List<String> names, ActivationType type) {
    List<WeightFormat> formats = new ArrayList<>();
    for (String name : names) {
      formats.addAll(name.equals(ALL) ? withKernels() : FormatChooser.formats(name));
    }
    return formats.stream().map(format -> new Target(format, kernel(format, type))).toList();
  }

  private static List<WeightFormat> withKernels() {
    return ShippedFormats.all().stream().filter(format -> !format.kernels().isEmpty()).toList();
  }

  private static KernelUnit kernel(WeightFormat format, ActivationType type) {
    return format.kernels().stream().filter(unit -> unit.x() == type && unit.epilogue().isEmpty()).findFirst()
        .orElseThrow(() -> new BadInput(format.info().name() + " has no kernel without epilogue for " + type));
  }

  /** The batches of each bucket, ascending. */
  static SortedMap<Integer, List<Integer>> buckets(List<Integer> batches) {
    SortedMap<Integer, List<Integer>> buckets = new TreeMap<>();
    batches.forEach(m -> buckets.computeIfAbsent(TuningKey.bucket(m), _ -> new ArrayList<>()).add(m));
    return buckets;
  }

  /** The first GPU. */
  static CudaDevice gpu() {
    if (DeviceOpener.open(CudaDevice.KIND) instanceof CudaDevice device) {
      return device;
    }
    throw new BadInput("schedules are measured on a GPU");
  }
}
