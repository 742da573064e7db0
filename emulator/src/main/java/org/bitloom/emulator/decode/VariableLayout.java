package org.bitloom.emulator.decode;

import java.util.HashMap;
import java.util.Map;

import org.bitloom.emulator.ptx.PtxModule;
import org.bitloom.emulator.ptx.PtxModule.Entry;
import org.bitloom.emulator.ptx.PtxModule.Sizing;
import org.bitloom.emulator.ptx.PtxModule.Variable;

/**
 * Where the variables that a kernel sees lie: shared memory holds the fixed ones and then the one sized at launch, parameters
 * lie in declaration order, each aligned to its size.
 *
 * @param addresses by name, each in its own state space
 */
public record VariableLayout(Map<String, Long> addresses, int staticShared, int dynamicStart, int parameterBytes,
    int localBytes) {
  private static final int SHARED_START = 1024;

  public VariableLayout {
    addresses = Map.copyOf(addresses);
  }

  /**
   * The layout of what {@code entry} sees.
   *
   * @param globals addresses of the module's variables in global and constant memory
   */
  public static VariableLayout of(PtxModule module, Entry entry, Map<String, Long> globals) {
    Map<String, Long> addresses = new HashMap<>(globals);
    long shared = SHARED_START;
    long local = 0;
    long dynamicAlign = 16;
    var variables = new java.util.ArrayList<>(module.variables());
    variables.addAll(entry.variables());
    for (Variable v : variables) {
      if (v.space() == PtxModule.Space.SHARED && v.sizing() == Sizing.FIXED) {
        shared = align(shared, v.align());
        addresses.put(v.name(), shared);
        shared += v.bytes();
      } else if (v.space() == PtxModule.Space.SHARED) {
        dynamicAlign = Math.max(dynamicAlign, v.align());
      } else if (v.space() == PtxModule.Space.LOCAL) {
        local = align(local, v.align());
        addresses.put(v.name(), local);
        local += v.bytes();
      }
    }
    long dynamic = align(shared, dynamicAlign);
    for (Variable v : variables) {
      if (v.space() == PtxModule.Space.SHARED && v.sizing() == Sizing.AT_LAUNCH) {
        addresses.put(v.name(), dynamic);
      }
    }
    long parameters = 0;
    for (Variable v : entry.parameters()) {
      parameters = align(parameters, v.align());
      addresses.put(v.name(), parameters);
      parameters += v.bytes();
    }
    return new VariableLayout(addresses, (int) shared - SHARED_START, (int) dynamic, (int) parameters,
        (int) align(local, 16));
  }

  private static long align(long value, long to) {
    return Math.ceilDiv(value, to) * to;
  }
}
