package org.bitloom.emulator;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.bitloom.emulator.decode.Decoder;
import org.bitloom.emulator.decode.VariableLayout;
import org.bitloom.emulator.exec.Program;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.memory.GlobalMemory;
import org.bitloom.emulator.ptx.PtxModule;
import org.bitloom.emulator.ptx.PtxModule.Space;
import org.bitloom.emulator.ptx.PtxModule.Variable;
import org.bitloom.emulator.ptx.PtxParser;

/** A PTX text loaded into an emulated device: its global and constant variables have memory, its kernels decode on first use. */
public final class KernelModule implements AutoCloseable {
  private final PtxModule module;
  private final GlobalMemory memory;
  private final Map<String, Long> globals = new HashMap<>();
  private final List<Allocation> allocations = new ArrayList<>();
  private final Map<String, Program> programs = new ConcurrentHashMap<>();

  KernelModule(String ptx, GlobalMemory memory) {
    this.module = PtxParser.parse(ptx);
    this.memory = memory;
    for (Variable v : module.variables()) {
      if (v.space() == Space.GLOBAL || v.space() == Space.CONST) {
        Allocation a = memory.allocate(v.name(), v.bytes());
        byte[] initial = new byte[(int) v.bytes()];
        for (int i = 0; i < v.initial().size(); i++) {
          initial[i] = v.initial().get(i);
        }
        a.upload(0, MemorySegment.ofArray(initial));
        a.access(v.space() == Space.CONST ? Allocation.Access.READ_ONLY : Allocation.Access.MODULE_VARIABLE);
        globals.put(v.name(), a.base());
        allocations.add(a);
      }
    }
  }

  /** The names of its kernels. */
  public List<String> entries() {
    return module.entries().stream().map(PtxModule.Entry::name).toList();
  }

  /** The decoded kernel {@code entry}. */
  public Program program(String entry) {
    return programs.computeIfAbsent(entry, name -> {
      PtxModule.Entry e = module.entry(name);
      return Decoder.decode(e, VariableLayout.of(module, e, globals));
    });
  }

  /** The sizes of the parameters of {@code entry} in bytes, in order. */
  public List<Integer> parameterBytes(String entry) {
    return module.entry(entry).parameters().stream().map(p -> (int) p.bytes()).toList();
  }

  @Override
  public void close() {
    allocations.forEach(memory::free);
  }
}
