package org.bitloom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import javax.tools.ToolProvider;

import org.bitloom.ShippedFormats;
import org.bitloom.runtime.api.Device;
import org.bitloom.runtime.api.DeviceInfo;
import org.bitloom.runtime.api.Devices;
import org.bitloom.runtime.compile.CacheFolder;
import org.bitloom.runtime.compile.CompileRequest;
import org.bitloom.runtime.compile.Nvrtc;
import org.bitloom.runtime.measure.CublasLibrary;

/** Looks at the machine: what works, what does not, and what to do about it. */
public final class Checkup {
  private static final String PROBE = "extern \"C\" __global__ void probe(int* x) { *x = 1; }";

  /** How a part is. */
  public enum State {
    WORKS, MISSING, BROKEN
  }

  /**
   * One part of the machine.
   *
   * @param detail what was found, or what is missing and what to do
   */
  public record Finding(String part, State state, String detail) {
  }

  private final Workplace workplace;

  /** A check-up of the machine of {@code workplace}. */
  public Checkup(Workplace workplace) {
    this.workplace = workplace;
  }

  /** Looks at everything; nothing throws. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(works("java", Runtime.version() + ", " + System.getProperty("java.home")));
    findings.add(ToolProvider.getSystemJavaCompiler() != null
        ? works("packer compiler", "javac in this process")
        : new Finding("packer compiler", State.MISSING,
            "formats declared at run time are packed by the slower layout packer; a JDK has a compiler"));
    findings.add(probe("cache", () -> CacheFolder.standard().folder("tmp").getParent().toString()));
    findings.add(probe("NVRTC", Checkup::nvrtc));
    findings.add(probe("formats", () -> ShippedFormats.all().size() + " shipped"));
    findings.add(probe("model", () -> workplace.model().toString()));
    for (String kind : List.of("cuda", "emulated", "cpu")) {
      findings.add(device(kind));
    }
    findings.add(cublas());
    return findings;
  }

  private static String nvrtc() {
    Nvrtc nvrtc = Nvrtc.standard();
    List<String> arches = GpuTarget.COMMON.stream().map(GpuTarget::arch).toList();
    for (String arch : arches) {
      nvrtc.compile(new CompileRequest("probe", PROBE, arch, List.of()));
    }
    return nvrtc.version() + " from " + nvrtc.origin() + ", compiles for " + String.join(" and ", arches);
  }

  private static Finding device(String kind) {
    try (Device device = Devices.open(kind)) {
      DeviceInfo info = device.info();
      return works("device " + kind, info.name() + (info.arch().isEmpty()
          ? ""
          : ", %s, %d SMs, %d MiB L2, %.1f GiB".formatted(info.arch(), info.limits().multiprocessors(),
              info.limits().l2Bytes() >> 20, info.memoryBytes() / (double) (1L << 30))));
    } catch (RuntimeException e) {
      return new Finding("device " + kind, State.MISSING, String.valueOf(e.getMessage()));
    }
  }

  private Finding cublas() {
    Optional<CublasLibrary> found = CublasLibrary.find(workplace.environment());
    return found.map(library -> works("cuBLAS", library.name()))
        .orElseGet(() -> new Finding("cuBLAS", State.MISSING,
            "only comparisons need it: install a CUDA toolkit, or name its folder in LD_LIBRARY_PATH"));
  }

  private static Finding probe(String part, Supplier<String> look) {
    try {
      return works(part, look.get());
    } catch (RuntimeException e) {
      return new Finding(part, State.BROKEN, String.valueOf(e.getMessage()));
    } catch (ExceptionInInitializerError e) {
      return new Finding(part, State.BROKEN, String.valueOf(e.getCause()));
    }
  }

  private static Finding works(String part, String detail) {
    return new Finding(part, State.WORKS, detail);
  }
}
