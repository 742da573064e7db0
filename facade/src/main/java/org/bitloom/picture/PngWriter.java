package org.bitloom.picture;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes a drawing as PNG, 8-bit RGB (W3C PNG specification, sections 5 and 11). */
public final class PngWriter {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BIT_DEPTH = 8;
  private static final int RGB = 2;

  private PngWriter() {
  }

  /** The file, at {@code scale} pixels a unit of the drawing. */
  public static byte[] write(Drawing drawing, int scale) {
    Raster raster = Raster.of(drawing, scale);
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      png.write(SIGNATURE);
      chunk(png, "IHDR", header(raster));
      chunk(png, "IDAT", pixels(raster));
      chunk(png, "IEND", new byte[0]);
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }

  private static byte[] header(Raster raster) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(raster.width());
    out.writeInt(raster.height());
    out.write(new byte[]{BIT_DEPTH, RGB, 0, 0, 0});
    return bytes.toByteArray();
  }

  /** Each row after its filter type, 0 for none. */
  private static byte[] pixels(Raster raster) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      for (int y = 0; y < raster.height(); y++) {
        out.write(0);
        out.write(raster.row(y));
      }
    }
    return bytes.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    DataOutputStream out = new DataOutputStream(png);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) crc.getValue());
  }
}
