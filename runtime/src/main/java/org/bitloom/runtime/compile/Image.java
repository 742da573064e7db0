package org.bitloom.runtime.compile;

import java.util.Arrays;

/** Bytes that a driver loads. Immutable. */
public final class Image {
  private final byte[] bytes;

  private Image(byte[] bytes) {
    this.bytes = bytes;
  }

  /** An image with a copy of {@code bytes}. */
  public static Image of(byte[] bytes) {
    return new Image(bytes.clone());
  }

  /** Size in bytes. */
  public int size() {
    return bytes.length;
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
