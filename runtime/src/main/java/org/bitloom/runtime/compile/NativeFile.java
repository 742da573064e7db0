package org.bitloom.runtime.compile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;

/** A shared library: on disk, or packed into a jar of the class path. */
sealed interface NativeFile {
  /** File name, such as {@code libnvrtc.so.12}. */
  String name();

  /** Differs whenever the library's content differs, and is known without reading the content. */
  String identity();

  /** The library on disk, unpacked into {@code cache} if need be. */
  Path unpack(CacheFolder cache);

  /** A library that somebody else installed. */
  record Installed(Path path) implements NativeFile {
    @Override
    public String name() {
      return String.valueOf(path.getFileName());
    }

    @Override
    public String identity() {
      try {
        Path real = path.toRealPath();
        return real + " " + Files.size(real) + " " + Files.getLastModifiedTime(real).toMillis();
      } catch (IOException e) {
        throw new UncheckedIOException(path + " cannot be read", e);
      }
    }

    @Override
    public Path unpack(CacheFolder cache) {
      return path.toAbsolutePath();
    }
  }

  /**
   * A library in a jar. The jar's directory holds its CRC-32, so that its identity costs no decompression; the folder
   * that it is unpacked into is private, so the checksum guards against damage only.
   */
  record Packed(String name, URL url, long bytes, long crc) implements NativeFile {
    /** The resource {@code path} of the class path, if it is there. */
    static Optional<NativeFile> find(ClassLoader loader, String path) {
      URL url = loader.getResource(path);
      if (url == null) {
        return Optional.empty();
      }
      String name = path.substring(path.lastIndexOf('/') + 1);
      try {
        URLConnection connection = url.openConnection();
        if (connection instanceof JarURLConnection jar) {
          JarEntry entry = jar.getJarEntry();
          return Optional.of(new Packed(name, url, entry.getSize(), entry.getCrc()));
        }
        try (InputStream in = connection.getInputStream()) {
          CRC32 crc = new CRC32();
          return Optional.of(new Packed(name, url, checksum(in, crc), crc.getValue()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(url + " cannot be read", e);
      }
    }

    @Override
    public String identity() {
      return name + " " + bytes + " " + HexFormat.of().toHexDigits(crc, 8);
    }

    @Override
    public Path unpack(CacheFolder cache) {
      Path file = cache.folder("natives/" + HexFormat.of().toHexDigits(crc, 8) + "-" + bytes).resolve(name);
      try {
        if (!intact(file)) {
          cache.publish(file, out -> {
            try (InputStream in = url.openStream()) {
              in.transferTo(out);
            }
          });
          if (!intact(file)) {
            throw new IOException("its checksum is wrong");
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot unpack " + name + " to " + file + " (" + bytes + " bytes): " + e.getMessage(), e);
      }
      return file;
    }

    private boolean intact(Path file) throws IOException {
      if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        CRC32 found = new CRC32();
        return checksum(in, found) == bytes && found.getValue() == crc;
      }
    }

    private static long checksum(InputStream in, CRC32 crc) throws IOException {
      byte[] buffer = new byte[1 << 18];
      long total = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
        total += read;
      }
      return total;
    }
  }
}
