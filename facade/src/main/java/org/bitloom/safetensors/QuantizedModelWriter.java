package org.bitloom.safetensors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.QuantizationError;
import org.bitloom.runtime.quant.QuantizationException;
import org.bitloom.runtime.quant.Quantizer;
import org.bitloom.runtime.quant.WeightMatrix;

/**
 * Writes a model with some of its matrices quantized and packed, everything else copied; docs/formats.md, section "Files",
 * describes the result. One matrix at a time is in memory.
 *
 * @param include which tensors to quantize: float matrices in whose name this is found
 */
public record QuantizedModelWriter(SafetensorsFile source, WeightFormat format, Quantizer quantizer, Pattern include) {
  static final String VERSION_KEY = "bitloom.version";
  static final String VERSION = "1";
  static final String FORMAT_PREFIX = "bitloom.format.";

  /** One quantized tensor, as it was written. */
  public record Written(QuantizedTensor tensor, long bytesBefore, long bytesAfter, QuantizationError error) {
  }

  /** The tensors that will be quantized, in file order. */
  public List<TensorInfo> selected() {
    return source.tensors().stream()
        .filter(tensor -> FloatMatrix.type(tensor).isPresent() && include.matcher(tensor.name()).find()).toList();
  }

  /**
   * Writes {@code target}.
   *
   * @param progress called after each quantized tensor
   * @return the quantized tensors, in the order of their writing
   * @throws SafetensorsException if no tensor is selected or the names clash
   * @throws QuantizationException if a weight is NaN or infinite, naming tensor, row and column; nothing is written
   */
  public List<Written> write(Path target, Consumer<Written> progress) throws IOException {
    List<TensorInfo> selected = selected();
    if (selected.isEmpty()) {
      throw new SafetensorsException(source.path(),
          "no matrix of F16, BF16 or F32 has a name in which '" + include + "' is found");
    }
    List<Written> written = new ArrayList<>();
    List<TensorEntry> entries = new ArrayList<>();
    Map<String, String> metadata = metadata();
    for (TensorInfo tensor : source.tensors()) {
      if (selected.contains(tensor)) {
        QuantizedTensor quantized = describe(tensor);
        metadata.put(QuantizedTensor.KEY_PREFIX + tensor.name(), quantized.toJson());
        entries.add(entry(tensor, quantized, done -> {
          written.add(done);
          progress.accept(done);
        }));
      } else {
        entries.add(TensorEntry.of(tensor.name(), tensor.dtype(), tensor.shape(), source.data(tensor)));
      }
    }
    SafetensorsWriter.write(target, metadata, entries);
    return List.copyOf(written);
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>(source.metadata());
    requireSame(metadata.put(VERSION_KEY, VERSION), VERSION, VERSION_KEY);
    String key = FORMAT_PREFIX + format.info().name();
    requireSame(metadata.put(key, format.info().declaration()), format.info().declaration(), key);
    return metadata;
  }

  private void requireSame(String before, String now, String key) {
    if (before != null && !before.equals(now)) {
      throw new SafetensorsException(source.path(), "is quantized already, and its '" + key + "' is another");
    }
  }

  private QuantizedTensor describe(TensorInfo tensor) {
    WeightMatrix matrix = FloatMatrix.of(source, tensor);
    return new QuantizedTensor(tensor.name(), format.info().name(), format.layout().id(), matrix.n(), matrix.k(),
        tensor.dtype());
  }

  private TensorEntry entry(TensorInfo tensor, QuantizedTensor quantized, Consumer<Written> done) {
    long bytes = new PackedShape(format.info(), format.layout(), quantized.n(), quantized.k()).bytes();
    return new TensorEntry(quantized.packedName(), DType.U8, List.of(bytes), sink -> {
      try (Arena arena = Arena.ofShared()) {
        WeightMatrix matrix = FloatMatrix.of(source, tensor);
        QuantizedWeights weights = quantizer.quantize(format.info(), matrix, arena);
        sink.write(new WeightPacker(format).pack(weights, arena).bytes());
        done.accept(new Written(quantized, tensor.bytes(), bytes, QuantizationError.of(matrix, weights)));
      } catch (QuantizationException e) {
        throw new QuantizationException(source.path() + ": tensor '" + tensor.name() + "'", e);
      }
    });
  }
}
