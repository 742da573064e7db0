package org.bitloom.runtime.compile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import org.bitloom.runtime.api.KernelResources;

/** The bytes of a cached kernel: magic number, key, SHA-256 of the rest, then the rest. */
final class CacheEntry {
  private static final long MAGIC = 0x4249544c_4f4f4d31L;
  private static final int HEADER = Long.BYTES + 2 * Sha256.BYTES;

  private CacheEntry() {
  }

  static byte[] write(CacheKey key, CompiledKernel kernel) {
    byte[] body = body(kernel);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEADER + body.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(MAGIC);
      out.write(HexFormat.of().parseHex(key.hex()));
      out.write(Sha256.digest().digest(body));
      out.write(body);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The kernel in {@code bytes}.
   *
   * @throws IOException if they are not what {@link #write} wrote for {@code key}
   */
  static CompiledKernel read(CacheKey key, byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readLong() != MAGIC) {
        throw new IOException("no cached kernel");
      }
      if (!HexFormat.of().formatHex(in.readNBytes(Sha256.BYTES)).equals(key.hex())) {
        throw new IOException("the kernel of another key");
      }
      byte[] sum = in.readNBytes(Sha256.BYTES);
      byte[] body = in.readAllBytes();
      if (!MessageDigest.isEqual(sum, Sha256.digest().digest(body))) {
        throw new IOException("its checksum is wrong");
      }
      return kernel(body);
    }
  }

  private static byte[] body(CompiledKernel kernel) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      text(out, kernel.name());
      text(out, kernel.arch());
      text(out, kernel.log());
      out.writeInt(kernel.entries().size());
      for (KernelResources entry : kernel.entries()) {
        text(out, entry.entry());
        out.writeInt(entry.registers());
        out.writeInt(entry.smemBytes());
        out.writeInt(entry.stackBytes());
        out.writeInt(entry.spillStoreBytes());
        out.writeInt(entry.spillLoadBytes());
      }
      blob(out, kernel.image().toArray());
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static CompiledKernel kernel(byte[] body) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      String name = text(in);
      String arch = text(in);
      String log = text(in);
      List<KernelResources> entries = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        entries
            .add(new KernelResources(text(in), in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt()));
      }
      return new CompiledKernel(name, arch, ImageKind.of(arch), Image.of(blob(in)), entries, log);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    blob(out, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(blob(in), StandardCharsets.UTF_8);
  }

  private static void blob(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] blob(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new IOException("it ends early");
    }
    return bytes;
  }
}
