package org.bitloom.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import org.bitloom.runtime.file.AtomicFile;

/**
 * Writes safetensors files. The bytes depend on tensors and metadata alone: tensors of wide elements come first, so that all
 * are aligned, then by name; metadata is sorted by key. The file appears complete or not at all.
 */
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long PIECE = 64L << 20;

  private final Path target;
  private final Map<String, String> metadata;
  private final List<TensorEntry> tensors;

  private SafetensorsWriter(Path target, Map<String, String> metadata, List<TensorEntry> tensors) {
    this.target = target;
    this.metadata = new TreeMap<>(metadata);
    this.tensors = tensors.stream().sorted(Comparator.comparingInt((TensorEntry tensor) -> -tensor.dtype().bits())
        .thenComparing(TensorEntry::name)).toList();
  }

  /**
   * Writes {@code target}, replacing a file that is there.
   *
   * @throws SafetensorsException if the tensors make no valid file, or a tensor gives another number of bytes than its shape
   * @throws IOException if the file cannot be written; what was there before is still there
   */
  public static void write(Path target, Map<String, String> metadata, List<TensorEntry> tensors) throws IOException {
    new SafetensorsWriter(target, metadata, tensors).write();
  }

  private void write() throws IOException {
    requireDistinctNames();
    byte[] header = header();
    AtomicFile.write(target, channel -> {
      writeFully(channel, ByteBuffer.wrap(header));
      for (TensorEntry tensor : tensors) {
        writeTensor(channel, tensor);
      }
    });
  }

  private void requireDistinctNames() {
    Set<String> names = new HashSet<>();
    for (TensorEntry tensor : tensors) {
      if (tensor.name().equals(Header.METADATA) || !names.add(tensor.name())) {
        throw new SafetensorsException(target, "tensor name '" + tensor.name() + "' is taken");
      }
    }
  }

  private byte[] header() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(Header.METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long offset = 0;
      for (TensorEntry tensor : tensors) {
        offset = writeInfo(json, tensor, offset);
      }
      json.writeEndObject();
    }
    while (text.size() % Header.LENGTH_BYTES != 0) {
      text.write(' ');
    }
    if (text.size() > Header.MAX_BYTES) {
      throw new SafetensorsException(target,
          "the header would have " + text.size() + " bytes; at most " + Header.MAX_BYTES + " are allowed");
    }
    return ByteBuffer.allocate(Header.LENGTH_BYTES + text.size()).order(ByteOrder.LITTLE_ENDIAN).putLong(text.size())
        .put(text.toByteArray()).array();
  }

  private static long writeInfo(JsonGenerator json, TensorEntry tensor, long offset) throws IOException {
    long end = Math.addExact(offset, tensor.bytes());
    json.writeObjectFieldStart(tensor.name());
    json.writeStringField("dtype", tensor.dtype().name());
    json.writeArrayFieldStart("shape");
    for (long dimension : tensor.shape()) {
      json.writeNumber(dimension);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("data_offsets");
    json.writeNumber(offset);
    json.writeNumber(end);
    json.writeEndArray();
    json.writeEndObject();
    return end;
  }

  private void writeTensor(FileChannel channel, TensorEntry tensor) throws IOException {
    long begin = channel.position();
    tensor.source().writeTo(piece -> {
      for (long from = 0; from < piece.byteSize(); from += PIECE) {
        MemorySegment slice = piece.asSlice(from, Math.min(PIECE, piece.byteSize() - from));
        writeFully(channel, slice.asByteBuffer());
      }
    });
    long written = channel.position() - begin;
    if (written != tensor.bytes()) {
      throw new SafetensorsException(target, "tensor '" + tensor.name() + "' gave " + written + " bytes, but "
          + tensor.shape() + " of " + tensor.dtype() + " are " + tensor.bytes());
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
