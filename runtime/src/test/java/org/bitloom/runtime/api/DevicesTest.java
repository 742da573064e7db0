package org.bitloom.runtime.api;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.reflect.Proxy;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

@SuppressWarnings("restricted") // looks at native memory and libraries
class DevicesTest {
  private static final Device CPU = device();
  private static final Device GPU = device();

  private static Device device() {
    return (Device) Proxy.newProxyInstance(DevicesTest.class.getClassLoader(), new Class<?>[]{Device.class},
        (proxy, method, arguments) -> {
          throw new UnsupportedOperationException(method.getName());
        });
  }

  private record Fixed(String kind, Device device) implements DeviceProvider {
    @Override
    public Device open(int ordinal) {
      if (ordinal != 0) {
        throw new DeviceUnavailableException("there is one only");
      }
      return device;
    }
  }

  private record Missing(String kind) implements DeviceProvider {
    @Override
    public Device open(int ordinal) {
      throw new DeviceUnavailableException("no driver, number " + ordinal);
    }
  }

  private static boolean hasDriver() {
    try {
      SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void cudaWithoutADriverSaysWhatToDo() {
    assumeFalse(hasDriver(), "this machine has an NVIDIA driver");
    DeviceUnavailableException e = assertThrows(DeviceUnavailableException.class, () -> Devices.open("cuda"));
    assertTrue(e.getMessage().contains("libcuda.so.1") && e.getMessage().contains("cpu"), e.getMessage());
  }

  @Test
  void autoPrefersTheGpu() {
    assertSame(GPU, Devices.open("auto", List.of(new Fixed("cpu", CPU), new Fixed("cuda", GPU))));
  }

  @Test
  void autoFallsBackToTheCpu() {
    assertSame(CPU, Devices.open("auto", List.of(new Fixed("cpu", CPU), new Missing("cuda"))));
  }

  @Test
  void autoWithoutAnyDeviceGivesAllReasons() {
    DeviceUnavailableException e = assertThrows(DeviceUnavailableException.class,
        () -> Devices.open("auto", List.of(new Missing("cuda"), new Missing("cpu"))));
    assertTrue(e.getMessage().contains("cuda: no driver") && e.getMessage().contains("cpu: no driver"), e.getMessage());
  }

  @Test
  void numbersFollowAColon() {
    DeviceUnavailableException e = assertThrows(DeviceUnavailableException.class,
        () -> Devices.open("cuda:3", List.of(new Missing("cuda"))));
    assertEquals("no driver, number 3", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Devices.open("cuda:x", List.of(new Missing("cuda"))));
  }

  @Test
  void unknownNamesListTheKnownOnes() {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> Devices.open("gpu", List.of(new Missing("cuda"), new Fixed("cpu", CPU))));
    assertTrue(e.getMessage().contains("auto, cpu, cuda"), e.getMessage());
  }
}
