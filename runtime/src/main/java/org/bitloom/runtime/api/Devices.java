package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Opens devices by name, with the providers that are on the class path. */
public final class Devices {
  private static final List<String> AUTO = List.of("cuda", "cpu");

  private Devices() {
  }

  /**
   * Opens {@code cuda}, {@code emulated}, {@code cpu}, one of them by number as in {@code cuda:1}, or {@code auto}: cuda
   * where it is available, else cpu.
   *
   * @throws DeviceUnavailableException if there is no such device here
   * @throws IllegalArgumentException if the name means nothing
   */
  public static Device open(String name) {
    return open(name, providers());
  }

  static Device open(String name, List<DeviceProvider> providers) {
    return name.equals("auto") ? first(providers) : named(name, providers);
  }

  private static Device first(List<DeviceProvider> providers) {
    List<String> reasons = new ArrayList<>();
    for (String kind : AUTO) {
      for (DeviceProvider provider : providers) {
        if (provider.kind().equals(kind)) {
          try {
            return provider.open(0);
          } catch (DeviceUnavailableException e) {
            reasons.add(kind + ": " + e.getMessage());
          }
        }
      }
    }
    throw new DeviceUnavailableException("no device is available here\n" + String.join("\n", reasons));
  }

  private static Device named(String name, List<DeviceProvider> providers) {
    int colon = name.indexOf(':');
    String kind = colon < 0 ? name : name.substring(0, colon);
    int ordinal = colon < 0 ? 0 : ordinal(name, name.substring(colon + 1));
    return providers.stream().filter(provider -> provider.kind().equals(kind)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no device '" + name + "'; there are auto, "
            + providers.stream().map(DeviceProvider::kind).sorted().collect(Collectors.joining(", "))))
        .open(ordinal);
  }

  private static int ordinal(String name, String digits) {
    if (!digits.matches("\\d{1,4}")) {
      throw new IllegalArgumentException("no device '" + name + "'; a number follows the colon, as in cuda:1");
    }
    return Integer.parseInt(digits);
  }

  private static List<DeviceProvider> providers() {
    return ServiceLoader.load(DeviceProvider.class, DeviceProvider.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get).toList();
  }
}
