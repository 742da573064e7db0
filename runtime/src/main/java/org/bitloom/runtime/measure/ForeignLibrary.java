package org.bitloom.runtime.measure;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/** Binds C functions that return an int status from one shared library. Calling native code is what it is for. */
@SuppressWarnings("restricted")
record ForeignLibrary(String name, SymbolLookup symbols) {
  static final MemoryLayout INT = ValueLayout.JAVA_INT;
  static final MemoryLayout LONG = ValueLayout.JAVA_LONG;
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  /** The library as the dynamic linker finds it, or nothing. */
  static Optional<ForeignLibrary> open(String name, Arena lifetime) {
    try {
      return Optional.of(new ForeignLibrary(name, SymbolLookup.libraryLookup(name, lifetime)));
    } catch (IllegalArgumentException notThere) {
      return Optional.empty();
    }
  }

  /** The library lies in the file {@code path}, or nothing. */
  static Optional<ForeignLibrary> open(Path path, Arena lifetime) {
    try {
      return Optional.of(new ForeignLibrary(path.toString(), SymbolLookup.libraryLookup(path, lifetime)));
    } catch (IllegalArgumentException notLoadable) {
      return Optional.empty();
    }
  }

  /** The function {@code symbol}, which takes {@code arguments} and returns a status. */
  MethodHandle function(String symbol, MemoryLayout... arguments) {
    return Linker.nativeLinker().downcallHandle(
        symbols.find(symbol).orElseThrow(() -> new MeasureException(name + " has no function " + symbol)),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }
}
