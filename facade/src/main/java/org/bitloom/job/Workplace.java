package org.bitloom.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where the command line runs.
 *
 * @param home root of the clone or of the bundle
 * @param environment of the process
 */
public record Workplace(Path home, Map<String, String> environment) {
  private static final List<String> MODEL = List.of("tests/data/tiny-llama/model.safetensors",
      "data/tiny-llama/model.safetensors");

  public Workplace {
    environment = Map.copyOf(environment);
  }

  /** As the launcher told this process; without a launcher, the current folder. */
  public static Workplace ofThisProcess() {
    return new Workplace(Path.of(System.getProperty("bitloom.home", "")).toAbsolutePath(), System.getenv());
  }

  /** The small trained model that comes with Bitloom. */
  public Path model() {
    return MODEL.stream().map(home::resolve).filter(Files::isRegularFile).findFirst()
        .orElseThrow(() -> new BadInput("the model that comes with Bitloom is missing in " + home
            + ": name weights with --weights FILE.safetensors, or use --shape NxK"));
  }
}
