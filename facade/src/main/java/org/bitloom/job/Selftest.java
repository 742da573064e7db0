package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.bitloom.Bitloom;
import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceUnavailableException;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.cpu.CpuDevice;
import org.bitloom.runtime.tune.TuningSources;

/**
 * Checks every shipped format, and some formats declared at run time, on the machine at hand; a GPU's results are compared
 * with the emulated device's too.
 */
public final class Selftest {
  private static final int MOST_THREADS = 8;
  /** What a GPU's results are compared with, kernel by kernel. */
  private static final String MODEL = "emulated";
  private static final List<String> PREFERRED = List.of("cuda", "emulated", "cpu");

  /** How much to check. */
  public enum Extent {
    FULL, QUICK,
    /** As little as launches every kernel by each of its families, see {@link SanitizerTest}. */
    SANITIZE
  }

  /**
   * What to check.
   *
   * @param device {@code auto} for the GPU, else the emulated device, else the CPU
   * @param formats which formats, by name
   */
  public record Request(String device, Pattern formats, Extent extent) {
  }

  /**
   * What was found, on which device.
   *
   * @param kernels how many kernels were checked; 0 where none of the formats has one
   */
  public record Report(String device, String deviceName, Tally tally, int kernels) {
    /** Whether nothing failed, and something ran if there was anything to run. */
    public boolean passed() {
      return tally.failed() == 0 && (tally.passed() > 0 || kernels == 0);
    }
  }

  /** Declared in the selftest itself, to check epilogues and the way from a text to a kernel. */
  static final String EPILOGUES = """
      format selftest_fp6 { element float e3m2 finite  scale f16 per row }
      format selftest_int4 { element int 4  scale f16 per 32 }
      kernel selftest_bias { y f16 = x f16 * selftest_fp6  epilogue bias }
      kernel selftest_silu { y f16 = x f16 * selftest_fp6  epilogue bias, silu }
      kernel selftest_gelu { y bf16 = x bf16 * selftest_int4  epilogue bias, gelu }
      kernel selftest_gelu_only { y f16 = x f16 * selftest_int4  epilogue gelu }
      """;

  private final Request request;

  /** A test of what {@code request} says. */
  public Selftest(Request request) {
    this.request = request;
  }

  /**
   * Runs it.
   *
   * @param progress told the result of each format, in order
   */
  public Report run(BiConsumer<String, Tally> progress) {
    List<WeightFormat> formats = new ArrayList<>(ShippedFormats.all());
    formats.addAll(Bitloom.compile("selftest.bl", EPILOGUES).formats());
    formats.removeIf(format -> !request.formats().matcher(format.info().name()).find());
    if (formats.isEmpty()) {
      throw new BadInput("no format matches '" + request.formats() + "'; there are: "
          + String.join(", ", ShippedFormats.names()));
    }
    try (Device device = open()) {
      if (request.extent() == Extent.SANITIZE) {
        if (device.info().kind().equals(CpuDevice.KIND)) {
          throw new BadInput("--sanitize launches kernels, and the device 'cpu' has none: use cuda or emulated");
        }
        return test(device, formats, new SanitizerTest(device)::run, progress, SelftestScope.NOTHING);
      }
      if (!isGpu(device)) {
        return test(device, formats, _ -> Tally.NOTHING, progress);
      }
      Optional<Device> model = tryOpen(MODEL, new DeviceUnavailableException("the results of a GPU are not compared"));
      if (model.isEmpty()) {
        return test(device, formats, format -> Tally.skip(DeviceComparison.products(format)), progress);
      }
      try (Device emulated = model.get()) {
        return test(device, formats, new DeviceComparison(device, emulated)::run, progress);
      }
    }
  }

  private static boolean isGpu(Device device) {
    return device.info().kind().equals("cuda");
  }

  private Report test(Device device, List<WeightFormat> formats, Function<WeightFormat, Tally> comparison,
      BiConsumer<String, Tally> progress) {
    return test(device, formats, comparison, progress, scope(device.info().kind()));
  }

  private Report test(Device device, List<WeightFormat> formats, Function<WeightFormat, Tally> comparison,
      BiConsumer<String, Tally> progress, SelftestScope scope) {
    FormatTest test = new FormatTest(device, scope, TuningSources.standard().shipped(device.info().name()));
    try (ExecutorService threads = Executors.newFixedThreadPool(
        isGpu(device) ? Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()) : 1)) {
      List<Future<Tally>> tallies = formats.stream()
          .map(format -> threads.submit(() -> test.run(format).plus(comparison.apply(format)))).toList();
      Tally total = Tally.NOTHING;
      for (int i = 0; i < formats.size(); i++) {
        WeightFormat format = formats.get(i);
        Tally tally = result(format, tallies.get(i)).plus(Tally.skip(left(format, scope)));
        progress.accept(format.info().name(), tally);
        total = total.plus(tally);
      }
      return new Report(device.info().kind(), device.info().name(), total,
          formats.stream().mapToInt(format -> format.kernels().size()).sum());
    }
  }

  /** Products of the full test that {@code scope} leaves out. */
  private static long left(WeightFormat format, SelftestScope scope) {
    return (long) format.kernels().size()
        * Math.max(0, SelftestScope.FULL.productsPerKernel() - scope.productsPerKernel());
  }

  private static Tally result(WeightFormat format, Future<Tally> tally) {
    try {
      return tally.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof VirtualMachineError error) {
        throw error; // no memory is no fault of the kernel
      }
      return Tally.failure(0, format.info().name() + ": " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Tally.failure(0, format.info().name() + ": interrupted");
    }
  }

  private SelftestScope scope(String kind) {
    if (request.extent() == Extent.QUICK) {
      return kind.equals("emulated") ? SelftestScope.EMULATED : SelftestScope.QUICK;
    }
    return switch (kind) {
      case "emulated" -> SelftestScope.EMULATED;
      case "cpu" -> SelftestScope.QUICK;
      default -> SelftestScope.FULL;
    };
  }

  private Device open() {
    if (!request.device().equals("auto")) {
      return DeviceOpener.open(request.device());
    }
    DeviceUnavailableException last = new DeviceUnavailableException("no device is available here");
    for (String kind : PREFERRED) {
      Optional<Device> opened = tryOpen(kind, last);
      if (opened.isPresent()) {
        return opened.get();
      }
    }
    throw last;
  }

  private static Optional<Device> tryOpen(String kind, DeviceUnavailableException reasons) {
    try {
      return Optional.of(DeviceOpener.open(kind));
    } catch (DeviceUnavailableException | BadInput e) {
      reasons.addSuppressed(e);
      return Optional.empty();
    }
  }
}
