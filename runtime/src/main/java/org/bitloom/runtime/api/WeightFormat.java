package org.bitloom.runtime.api;

import java.util.List;

/** One format, ready to use: what it means, how it is packed, and the kernels that multiply it. */
public record WeightFormat(FormatInfo info, LayoutInfo layout, CodePacker packer, List<KernelUnit> kernels) {
  public WeightFormat {
    kernels = List.copyOf(kernels);
  }
}
