package org.bitloom.job;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cuda.CudaDevice;

/** Measures kernels of shipped formats on a GPU, beside the read floor and cuBLAS; checks every kernel that it measures. */
public final class BenchJob {
  private final BenchRequest request;
  private final Workplace workplace;

  /** A measurement of what {@code request} says. */
  public BenchJob(BenchRequest request, Workplace workplace) {
    this.request = request;
    this.workplace = workplace;
  }

  /**
   * About the run as a whole.
   *
   * @param cublasMissing why there are no times of cuBLAS, if there are none
   * @param withoutKernel names of formats that have no kernel to measure yet
   */
  public record Summary(String deviceName, Optional<String> cublasMissing, List<String> withoutKernel) {
    public Summary {
      withoutKernel = List.copyOf(withoutKernel);
    }
  }

  /** Measures; {@code listener} is told each row as soon as it is known. */
  public Summary run(BenchListener listener) {
    List<WeightFormat> named = ShippedFormats.all().stream()
        .filter(format -> request.formats().matcher(format.info().name()).find()).toList();
    List<WeightFormat> formats = named.stream().filter(format -> !format.kernels().isEmpty()).toList();
    if (formats.isEmpty() && !named.isEmpty()) {
      throw new BadInput("none of these formats has a kernel to measure yet: " + names(named));
    }
    if (formats.isEmpty()) {
      throw new BadInput("no format matches '" + request.formats() + "'; there are: "
          + String.join(", ", ShippedFormats.names()));
    }
    if (formats.stream().allMatch(f -> PlainKernels.of(f, request.type(), request.kernels()).isEmpty())) {
      throw new BadInput("no kernel of " + names(formats) + " without an epilogue is named so");
    }
    try (CudaDevice device = DeviceOpener.gpu("bench");
        GpuBenchSite site = GpuBenchSite.open(device, workplace.environment())) {
      Bench bench = new Bench(request, site, listener);
      request.shapes().forEach(shape -> formats.forEach(format -> bench.measure(format, shape)));
      return new Summary(device.info().name(), site.yardsticks().cublasMissing(),
          named.stream().filter(format -> format.kernels().isEmpty()).map(format -> format.info().name()).toList());
    }
  }

  private static String names(List<WeightFormat> formats) {
    return formats.stream().map(format -> format.info().name()).collect(Collectors.joining(", "));
  }
}
