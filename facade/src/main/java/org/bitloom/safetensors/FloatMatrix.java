package org.bitloom.safetensors;

import java.util.Optional;

import org.bitloom.runtime.quant.ElementType;
import org.bitloom.runtime.quant.WeightMatrix;

/** Which tensors are weight matrices that can be quantized: two dimensions of f16, bf16 or f32 numbers. */
public final class FloatMatrix {
  private FloatMatrix() {
  }

  /** The element type of a matrix that can be quantized, or nothing. */
  public static Optional<ElementType> type(TensorInfo tensor) {
    boolean matrix = tensor.shape().size() == 2
        && tensor.shape().stream().allMatch(dimension -> dimension >= 1 && dimension <= Integer.MAX_VALUE);
    return matrix ? elementType(tensor.dtype()) : Optional.empty();
  }

  /**
   * A tensor as weights, without copying; valid until the file is closed.
   *
   * @throws SafetensorsException if it is no such matrix
   */
  public static WeightMatrix of(SafetensorsFile file, TensorInfo tensor) {
    ElementType type = type(tensor).orElseThrow(() -> new SafetensorsException(file.path(),
        "tensor '" + tensor.name() + "' is " + tensor.dtype() + " " + tensor.shape()
            + "; only matrices of F16, BF16 or F32 can be quantized"));
    return new WeightMatrix(file.data(tensor), type, Math.toIntExact(tensor.shape().getFirst()),
        Math.toIntExact(tensor.shape().getLast()));
  }

  /** The element type that numbers of {@code dtype} can be read as, or nothing. */
  public static Optional<ElementType> elementType(DType dtype) {
    return switch (dtype) {
      case F16 -> Optional.of(ElementType.F16);
      case BF16 -> Optional.of(ElementType.BF16);
      case F32 -> Optional.of(ElementType.F32);
      default -> Optional.empty();
    };
  }
}
