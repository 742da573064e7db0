package org.bitloom.emulator;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.bitloom.emulator.Recording.Probe;
import org.bitloom.emulator.exec.Grid;
import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every instruction gives what a GPU gave for the same inputs: bit for bit, but for approximate functions and f32 sums. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedProbesTest {
  /** f16 accumulators: no kernel family uses them. */
  private static final String LACKING = "mma_m16n8k16_f16_f16";

  private static final Path PROBES = Path.of("src/test/probes");

  private Emulator emulator;
  private KernelModule module;

  @BeforeAll
  void compile() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String file : List.of("scalar.cu", "warp.cu", "warpgroup.cu")) {
      text.append(Files.readString(PROBES.resolve(file)));
    }
    emulator = new Emulator();
    module = emulator.load(Cuda.ptx("probes", text.toString()));
  }

  @AfterAll
  void close() {
    emulator.close();
  }

  static List<Probe> probes() {
    return recording().probes().stream().filter(p -> !p.name().equals(LACKING)).toList();
  }

  private static Recording recording() {
    return Recording.load();
  }

  @Test
  void refusesTheInstructionItLacksByName() {
    KernelFault fault = assertThrows(KernelFault.class, () -> run(probe(LACKING)));
    assertEquals(FaultKind.UNSUPPORTED, fault.kind());
    assertTrue(fault.getMessage().contains("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16"), fault.getMessage());
  }

  private static Probe probe(String name) {
    return recording().probes().stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("probes")
  void answersLikeTheGpu(Probe probe) {
    int[] answer = run(probe);
    Tolerance tolerance = Tolerance.of(probe);
    int bad = 0;
    StringBuilder report = new StringBuilder();
    for (int i = 0; i < answer.length; i++) {
      if (!tolerance.accepts(i, probe.out().get(i), answer[i])) {
        if (bad++ < 6) {
          report.append(describe(probe, i, answer[i]));
        }
      }
    }
    assertEquals(0, bad, bad + " of " + answer.length + " words differ:" + report);
    assertTrue(answer.length > 0);
  }

  private static String describe(Probe probe, int word, int answer) {
    int thread = word / probe.outs();
    StringBuilder s = new StringBuilder("\n  thread " + thread + ", word " + word % probe.outs() + ": in");
    for (int i = 0; i < Math.min(12, probe.ins()); i++) {
      s.append(' ').append(Integer.toHexString(probe.in().get(thread * probe.ins() + i)));
    }
    return s + ", GPU " + Integer.toHexString(probe.out().get(word)) + ", here " + Integer.toHexString(answer);
  }

  private int[] run(Probe probe) {
    Allocation in = emulator.memory().allocate("in", 4L * probe.in().capacity());
    Allocation out = emulator.memory().allocate("out", 4L * probe.out().capacity());
    emulator.memory().upload(MemorySegment.ofBuffer(probe.in()), in.base());
    int smem = probe.name().startsWith("wgmma") ? 16384 : 0;
    emulator.launchChecked(module, probe.name(),
        Emulator.Shape.of(probe.threads() / probe.block(), probe.block(), smem),
        new Arguments().add(in.base()).add(out.base()), new Grid.Range(out.base(), out.bytes()), List.of());
    int[] answer = new int[probe.out().capacity()];
    emulator.memory().download(out.base(), MemorySegment.ofArray(answer));
    emulator.memory().free(in);
    emulator.memory().free(out);
    return answer;
  }
}
