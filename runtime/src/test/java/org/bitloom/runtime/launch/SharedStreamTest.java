package org.bitloom.runtime.launch;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import org.bitloom.runtime.api.ActivationCode;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.ScheduleChooser;
import org.bitloom.runtime.api.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Products that quantize their activations, queued by two threads on one stream, whose buffer they share. */
class SharedStreamTest {
  private static final FormatInfo FORMAT = TestKernels.format(TestKernels.TENSOR_SCALE);

  /** What a thread is that waits for a lock, of whichever kind. */
  private static final Set<Thread.State> HELD_UP = EnumSet.of(Thread.State.BLOCKED, Thread.State.WAITING);

  private final List<String> queued = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Optional<Thread>> second = new AtomicReference<>(Optional.empty());

  /** Lets the other thread come between the two launches of the first one, if it can. */
  private void quantized(FakeDevice.Quantization quantization, Thread other) {
    queued.add("quantize " + quantization.m());
    if (second.compareAndSet(Optional.empty(), Optional.of(other))) {
      other.start();
      while (other.isAlive() && !HELD_UP.contains(other.getState())) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  @Timeout(60)
  void noOtherThreadQueuesBetweenAQuantizationAndItsProduct() throws InterruptedException {
    List<Thread> others = new ArrayList<>();
    FakeDevice device = new FakeDevice((_, arguments) -> queued.add("multiply " + arguments.value(12)),
        quantization -> quantized(quantization, others.getFirst()));
    ActivationCode code = new ActivationCode(ActivationCode.Encoding.BIPOLAR, 2);
    try (KernelLinear linear = new KernelLinear(device, TestKernels.quantizing(FORMAT, code),
        TestKernels.packed(FORMAT, 16, 128, Arena.ofAuto()), Optional.empty(), ScheduleChooser.FIRST_CHOICE);
        Stream stream = device.openStream()) {
      linear.prepare(1, 2);
      others.add(new Thread(() -> linear.forward(16, 32, 2, stream)));
      linear.forward(16, 32, 1, stream);
      others.getFirst().join();
    }
    assertEquals(List.of("quantize 1", "multiply 1", "quantize 2", "multiply 2"), queued);
  }
}
