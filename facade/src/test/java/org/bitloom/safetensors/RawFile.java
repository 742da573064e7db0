package org.bitloom.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Puts files together byte by byte, right or wrong. */
final class RawFile {
  private RawFile() {
  }

  static byte[] bytes(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return bytes(text.length, text, dataBytes);
  }

  static byte[] bytes(long length, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header)
        .array();
  }

  static Path write(Path folder, byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.safetensors"), bytes);
  }
}
