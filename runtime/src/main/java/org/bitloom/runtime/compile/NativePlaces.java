package org.bitloom.runtime.compile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Where native libraries are looked for, besides the class path.
 *
 * @param nvrtc a libnvrtc.so.12, or the folder that holds one, which the user asks for
 * @param bundle a folder with all native libraries, as a bundle ships it
 * @param system folders where a CUDA toolkit may be installed
 */
public record NativePlaces(Optional<Path> nvrtc, Optional<Path> bundle, List<Path> system) {
  public NativePlaces {
    system = List.copyOf(system);
  }

  /**
   * As this process was told: property {@code bitloom.nvrtc} or {@code $BITLOOM_NVRTC}, property {@code bitloom.natives},
   * {@code $LD_LIBRARY_PATH} and the usual places of CUDA 12.
   */
  public static NativePlaces standard() {
    return of(System.getProperties(), System.getenv());
  }

  static NativePlaces of(Properties properties, Map<String, String> environment) {
    String nvrtc = properties.getProperty("bitloom.nvrtc", environment.getOrDefault("BITLOOM_NVRTC", ""));
    List<Path> system = new ArrayList<>();
    for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)) {
      if (folder.startsWith("/")) {
        system.add(Path.of(folder));
      }
    }
    for (String folder : List.of("/usr/local/cuda/lib64", "/usr/local/cuda-12/lib64", "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64", "/usr/lib", "/opt/cuda/lib64")) {
      system.add(Path.of(folder));
    }
    return new NativePlaces(path(nvrtc), path(properties.getProperty("bitloom.natives", "")), system);
  }

  private static Optional<Path> path(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }
}
