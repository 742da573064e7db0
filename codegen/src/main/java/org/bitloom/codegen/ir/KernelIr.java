package org.bitloom.codegen.ir;

import java.util.List;
import java.util.stream.Collectors;

/** A kernel as a verified list of stages. */
public record KernelIr(String entry, List<Stage> stages) implements LoweredKernel {
  public KernelIr {
    stages = List.copyOf(stages);
    IrVerifier.verify(entry, stages);
  }

  /** The only stage of a kind. */
  public <S extends Stage> S only(Class<S> kind) {
    return stages.stream().filter(kind::isInstance).map(kind::cast).findFirst()
        .orElseThrow(() -> new IllegalStateException(entry + " has no " + kind.getSimpleName()));
  }

  @Override
  public String toString() {
    return "kernel " + entry + " {\n" + stages.stream().map(s -> "  " + s + "\n").collect(Collectors.joining()) + "}\n";
  }
}
