package org.bitloom.safetensors;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.bitloom.runtime.api.PackedShape;
import org.bitloom.runtime.api.PackedWeights;
import org.bitloom.runtime.api.QuantizedWeights;
import org.bitloom.runtime.api.WeightFormat;
import org.bitloom.runtime.pack.WeightPacker;
import org.bitloom.runtime.quant.QuantizationError;
import org.bitloom.runtime.quant.WeightMatrix;

/** Reads what {@link QuantizedModelWriter} wrote; docs/formats.md, section "Files", describes it. */
public final class QuantizedModelReader {
  private final SafetensorsFile file;
  private final List<QuantizedTensor> tensors = new ArrayList<>();

  /**
   * Reads and checks the descriptions of the quantized tensors.
   *
   * @throws SafetensorsException if the file holds no quantized tensors of a version that is known, or a description is wrong
   */
  public QuantizedModelReader(SafetensorsFile file) {
    this.file = file;
    String version = file.metadata().getOrDefault(QuantizedModelWriter.VERSION_KEY, "");
    if (!version.equals(QuantizedModelWriter.VERSION)) {
      throw new SafetensorsException(file.path(), version.isEmpty()
          ? "holds no quantized tensors: there is no '" + QuantizedModelWriter.VERSION_KEY + "' in its metadata"
          : "is of version '" + version + "'; this reads version " + QuantizedModelWriter.VERSION);
    }
    for (Map.Entry<String, String> entry : file.metadata().entrySet()) {
      if (entry.getKey().startsWith(QuantizedTensor.KEY_PREFIX)) {
        String name = entry.getKey().substring(QuantizedTensor.KEY_PREFIX.length());
        QuantizedTensor tensor = QuantizedTensor.parse(file.path(), name, entry.getValue());
        declaration(tensor.format());
        requireBytes(tensor);
        tensors.add(tensor);
      }
    }
  }

  private void requireBytes(QuantizedTensor tensor) {
    TensorInfo info = file.tensor(tensor.packedName());
    if (info.dtype() != DType.U8 || info.shape().size() != 1) {
      throw fail(tensor, "is stored as " + info.dtype() + " " + info.shape() + " instead of one row of U8");
    }
  }

  /** The quantized tensors, in metadata order. */
  public List<QuantizedTensor> tensors() {
    return List.copyOf(tensors);
  }

  /**
   * The {@code .bl} declaration of a format of this file.
   *
   * @throws SafetensorsException if the file has none
   */
  public String declaration(String format) {
    return Optional.ofNullable(file.metadata().get(QuantizedModelWriter.FORMAT_PREFIX + format))
        .orElseThrow(() -> new SafetensorsException(file.path(),
            "uses the format '" + format + "', but its metadata declares none of that name"));
  }

  /**
   * The packed matrix of a tensor, without copying; valid until the file is closed.
   *
   * @param format compiled from {@link #declaration}
   * @throws SafetensorsException if declaration, layout or size are others than the format's
   */
  public PackedWeights packed(QuantizedTensor tensor, WeightFormat format) {
    String declared = declaration(tensor.format());
    if (!format.info().name().equals(tensor.format()) || !format.info().declaration().equals(declared)) {
      throw fail(tensor, "is of the format\n" + declared + "\nbut would be read as\n" + format.info().declaration());
    }
    if (!format.layout().id().equals(tensor.layout())) {
      throw fail(tensor, "is packed in layout '" + tensor.layout() + "', this format packs in layout '"
          + format.layout().id() + "'; quantize the original again");
    }
    PackedShape shape = new PackedShape(format.info(), format.layout(), tensor.n(), tensor.k());
    TensorInfo info = file.tensor(tensor.packedName());
    if (info.bytes() != shape.bytes()) {
      throw fail(tensor, "has " + info.bytes() + " packed bytes; " + tensor.n() + " x " + tensor.k() + " of "
          + tensor.format() + " are " + shape.bytes());
    }
    return new PackedWeights(shape, file.data(info));
  }

  /** Unpacks a tensor into memory of {@code arena}. */
  public QuantizedWeights unpack(QuantizedTensor tensor, WeightFormat format, Arena arena) {
    return new WeightPacker(format).unpack(packed(tensor, format), arena);
  }

  /**
   * Unpacks a tensor, requires that packing it again gives the same bytes, and measures it against the original file.
   *
   * @throws SafetensorsException if the bytes differ, or the original has no such matrix of the same shape
   */
  public QuantizationError verify(QuantizedTensor tensor, WeightFormat format, SafetensorsFile original) {
    WeightMatrix matrix = FloatMatrix.of(original, original.tensor(tensor.name()));
    if (matrix.n() != tensor.n() || matrix.k() != tensor.k()) {
      throw fail(tensor, "is " + tensor.n() + " x " + tensor.k() + ", in " + original.path() + " it is " + matrix.n()
          + " x " + matrix.k());
    }
    try (Arena arena = Arena.ofShared()) {
      return QuantizationError.of(matrix, verified(tensor, format, arena));
    }
  }

  /**
   * Unpacks a tensor and requires that packing it again gives the same bytes.
   *
   * @throws SafetensorsException if the bytes differ
   */
  public void verify(QuantizedTensor tensor, WeightFormat format) {
    try (Arena arena = Arena.ofShared()) {
      verified(tensor, format, arena);
    }
  }

  private QuantizedWeights verified(QuantizedTensor tensor, WeightFormat format, Arena arena) {
    PackedWeights packed = packed(tensor, format);
    WeightPacker packer = new WeightPacker(format);
    try {
      QuantizedWeights weights = packer.unpack(packed, arena);
      long difference = packer.pack(weights, arena).bytes().mismatch(packed.bytes());
      if (difference >= 0) {
        throw fail(tensor, "is damaged: its packed byte " + difference + " is none that packing writes");
      }
      return weights;
    } catch (IllegalArgumentException e) {
      throw new SafetensorsException(file.path(), "tensor '" + tensor.name() + "' is damaged: " + e.getMessage(), e);
    }
  }

  private SafetensorsException fail(QuantizedTensor tensor, String message) {
    return new SafetensorsException(file.path(), "tensor '" + tensor.name() + "' " + message);
  }
}
