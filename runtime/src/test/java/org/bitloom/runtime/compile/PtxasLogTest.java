package org.bitloom.runtime.compile;

import java.util.List;

import org.bitloom.runtime.api.KernelResources;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class PtxasLogTest {
  @Test
  void readsEntriesAndSkipsDeviceFunctions() {
    String log = """
        warn.cu(1): warning #1105-D: #warning directive: Used 99 registers
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'first' for 'sm_80'
        ptxas info    : Function properties for first
        ptxas         .     360 bytes stack frame, 400 bytes spill stores, 408 bytes spill loads
        ptxas info    : Function properties for helper
        ptxas         .     16 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used 32 registers, used 1 barriers, 360 bytes cumulative stack size, 1024+16 bytes smem, 368 bytes cmem[0]
        ptxas info    : Compiling entry function 'second' for 'sm_80'
        ptxas info    : Function properties for second
        ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
        ptxas info    : Used 8 registers, used 0 barriers
        """;
    assertEquals(
        List.of(new KernelResources("first", 32, 1024, 360, 400, 408), new KernelResources("second", 8, 0, 0, 0, 0)),
        PtxasLog.parse(log));
  }
}
