package org.bitloom.emulator.ptx;

import java.util.List;

/** A parsed PTX text: its variables and entries. */
public record PtxModule(String version, String target, List<Variable> variables, List<Entry> entries) {
  public PtxModule {
    variables = List.copyOf(variables);
    entries = List.copyOf(entries);
  }

  /** State spaces of variables (PTX ISA 5.1). */
  public enum Space {
    GLOBAL, SHARED, CONST, LOCAL, PARAM
  }

  /** Whether the size of a variable is set at launch. */
  public enum Sizing {
    FIXED, AT_LAUNCH
  }

  /**
   * A variable.
   *
   * @param bytes its size; 0 if set at launch
   * @param initial its first bytes; the rest is 0 in initialised spaces
   */
  public record Variable(Space space, String name, int align, long bytes, List<Byte> initial, Sizing sizing) {
    public Variable {
      initial = List.copyOf(initial);
    }
  }

  /** Blocks of a cluster along the three dimensions of the grid. */
  public record Extent(int x, int y, int z) {
  }

  /** A kernel; registers are numbered from 0, {@code registers.get(id)} is the type of each. */
  public record Entry(String name, List<Variable> parameters, List<PtxType> registers, List<Variable> variables,
      List<Statement> body, Extent cluster) {
    public Entry {
      parameters = List.copyOf(parameters);
      registers = List.copyOf(registers);
      variables = List.copyOf(variables);
      body = List.copyOf(body);
    }
  }

  /** The entry called {@code name}. */
  public Entry entry(String name) {
    return entries.stream().filter(e -> e.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "no kernel '" + name + "' in the module, only " + entries.stream().map(Entry::name).toList()));
  }
}
