package org.bitloom.codegen.ir;

/** A kernel as its family says it, before text is made of it. Prints as a list of its stages. */
public sealed interface LoweredKernel permits KernelIr, WarpgroupIr, SignIr, IntegerIr, IntegerWgmmaIr {
  /** Name of the {@code extern "C"} kernel. */
  String entry();
}
