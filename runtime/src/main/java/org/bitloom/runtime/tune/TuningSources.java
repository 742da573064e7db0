package org.bitloom.runtime.tune;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.bitloom.runtime.compile.CacheFolder;

/** Where winners are looked up: the user's own file first, then what the jars on the class path ship for a device. */
public final class TuningSources {
  private static final System.Logger LOG = System.getLogger(TuningSources.class.getName());
  private static final String FILE = "tuning.json";
  private static final String FOLDER = "org/bitloom/tuning/";

  private final Path file;
  private final ClassLoader loader;

  /** The user's {@code file}, and resources that {@code loader} finds. */
  public TuningSources(Path file, ClassLoader loader) {
    this.file = file;
    this.loader = loader;
  }

  /** As this process was told: {@code $BITLOOM_TUNING}, else {@code tuning.json} in the user's cache. */
  public static TuningSources standard() {
    return new TuningSources(userFile(System.getenv(), CacheFolder.standard()), TuningSources.class.getClassLoader());
  }

  /** The user's file. */
  public static Path userFile(Map<String, String> environment, CacheFolder cache) {
    String own = environment.getOrDefault("BITLOOM_TUNING", "");
    return own.isEmpty() ? cache.path().resolve(FILE) : Path.of(own);
  }

  /** Name of the file that ships for {@code device}, such as {@code nvidia-h100-80gb-hbm3.json}. */
  public static String resourceName(String device) {
    return device.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "") + ".json";
  }

  /** The tables for {@code device}, in the order they are asked; what cannot be read is named in the log and left out. */
  public List<TuningTable> tables(String device) {
    return List.of(user(), TuningTable.of(shipped(device)));
  }

  private TuningTable user() {
    try {
      return TuningTable.of(new TuningStore(file).entries());
    } catch (TuningFileException e) {
      LOG.log(Level.WARNING, "{0}; schedules tuned there are not used", e.getMessage());
      return TuningTable.EMPTY;
    }
  }

  /** What jars on the class path ship for {@code device}; nothing, and a line in the log, if it cannot be read. */
  public List<TuningEntry> shipped(String device) {
    List<TuningEntry> entries = new ArrayList<>();
    try {
      for (URL url : Collections.list(loader.getResources(FOLDER + resourceName(device)))) {
        try (InputStream in = url.openStream()) {
          entries.addAll(TuningJson.parse(url.toString(), new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        }
      }
    } catch (IOException | TuningFileException e) {
      LOG.log(Level.WARNING, "shipped schedules cannot be read: {0}", e.getMessage());
      return List.of();
    }
    return List.copyOf(entries);
  }
}
