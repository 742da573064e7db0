package org.bitloom.safetensors;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Holds a header against its data: every byte of the data belongs to exactly one tensor. */
record HeaderChecker(Path file, long dataBytes) {
  /** The header with its tensors in the order of their data. */
  Header check(Header header) {
    header.tensors().forEach(this::checkTensor);
    List<TensorInfo> ordered = header.tensors().stream()
        .sorted(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end)).toList();
    checkCover(ordered);
    return new Header(ordered, header.metadata());
  }

  private void checkTensor(TensorInfo tensor) {
    if (tensor.end() < tensor.begin()) {
      throw fail(tensor, "ends at " + tensor.end() + ", before it begins at " + tensor.begin());
    }
    long bytes;
    try {
      bytes = TensorInfo.bytes(tensor.dtype(), tensor.shape());
    } catch (ArithmeticException e) {
      throw new SafetensorsException(file, "tensor '" + tensor.name() + "' has the shape " + tensor.shape() + " of "
          + tensor.dtype() + ", whose size is no number of bytes below 2^60", e);
    }
    if (bytes != tensor.bytes()) {
      throw fail(tensor, "has " + tensor.bytes() + " bytes at " + tensor.begin() + ".." + tensor.end() + ", but "
          + tensor.shape() + " of " + tensor.dtype() + " are " + bytes);
    }
    if (tensor.end() > dataBytes) {
      throw fail(tensor, "ends at byte " + tensor.end() + " of the data, which has " + dataBytes
          + "; the file is cut off or its header is wrong");
    }
  }

  private void checkCover(List<TensorInfo> ordered) {
    long covered = 0;
    String before = "";
    for (TensorInfo tensor : ordered) {
      if (tensor.begin() < covered) {
        throw fail(tensor, "begins at byte " + tensor.begin() + " and overlaps tensor '" + before + "'");
      }
      if (tensor.begin() > covered) {
        throw fail(tensor, "begins at byte " + tensor.begin() + ", but bytes from " + covered
            + " on belong to no tensor");
      }
      covered = tensor.end();
      before = tensor.name();
    }
    if (covered != dataBytes) {
      throw new SafetensorsException(file,
          (dataBytes - covered) + " bytes at the end of the file belong to no tensor");
    }
  }

  private SafetensorsException fail(TensorInfo tensor, String message) {
    return new SafetensorsException(file, "tensor '" + tensor.name() + "' " + message);
  }
}
