package org.bitloom.safetensors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file of any size, mapped into memory and checked as a whole before anything of it is used: 8 bytes of
 * header length (little-endian), the header's JSON, then the data without gaps.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final Arena arena;
  private final Header header;
  private final MemorySegment data;

  private SafetensorsFile(Path path, Arena arena, Header header, MemorySegment data) {
    this.path = path;
    this.arena = arena;
    this.header = header;
    this.data = data;
  }

  /**
   * Maps and checks a file.
   *
   * @throws SafetensorsException if it is no valid safetensors file
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new SafetensorsException(path, Files.isDirectory(path)
          ? "is a folder, not a file"
          : "is a device or a pipe, which cannot be mapped into memory");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      long headerBytes = headerBytes(path, file);
      long dataBegin = Header.LENGTH_BYTES + headerBytes;
      Header written = HeaderParser.parse(path, text(path, file.asSlice(Header.LENGTH_BYTES, headerBytes)));
      MemorySegment data = file.asSlice(dataBegin);
      return new SafetensorsFile(path, arena, new HeaderChecker(path, data.byteSize()).check(written), data);
    } catch (RuntimeException | IOException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static long headerBytes(Path path, MemorySegment file) {
    if (file.byteSize() < Header.LENGTH_BYTES) {
      throw new SafetensorsException(path,
          "has " + file.byteSize() + " bytes; a safetensors file begins with 8 bytes of header length");
    }
    long length = file.get(LENGTH, 0);
    if (length < 0 || length > Header.MAX_BYTES) {
      throw new SafetensorsException(path, "says that its header has " + Long.toUnsignedString(length)
          + " bytes; at most " + Header.MAX_BYTES + " are allowed");
    }
    if (length > file.byteSize() - Header.LENGTH_BYTES) {
      throw new SafetensorsException(path,
          "its header of " + length + " bytes reaches past the end of the file of " + file.byteSize() + " bytes");
    }
    return length;
  }

  private static String text(Path path, MemorySegment header) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(header.asByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(path, "the header is no valid UTF-8", e);
    }
  }

  /** Where the file lies. */
  public Path path() {
    return path;
  }

  /** All tensors, in the order of their data. */
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  /** The strings of {@code __metadata__}. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensor called {@code name}. */
  public Optional<TensorInfo> find(String name) {
    return tensors().stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  /**
   * The tensor called {@code name}.
   *
   * @throws SafetensorsException if there is none
   */
  public TensorInfo tensor(String name) {
    return find(name).orElseThrow(() -> new SafetensorsException(path, "has no tensor '" + name + "'"));
  }

  /** The bytes of a tensor of this file, read-only, unaligned, little-endian; valid until {@link #close()}. */
  public MemorySegment data(TensorInfo tensor) {
    return data.asSlice(tensor.begin(), tensor.bytes());
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
