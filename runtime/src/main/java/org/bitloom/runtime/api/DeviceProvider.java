package org.bitloom.runtime.api;

/** Opens devices of one kind; found by {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** The kind it opens, as {@link DeviceInfo#kind()} names it. */
  String kind();

  /**
   * Opens device number {@code ordinal} of this kind, 0 the first.
   *
   * @throws DeviceUnavailableException if there is none; the message says what to do
   */
  Device open(int ordinal);
}
