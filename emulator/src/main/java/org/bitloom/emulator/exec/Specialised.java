package org.bitloom.emulator.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Gives every function of single numbers a copy of its own of the class that applies it to the lanes of a warp: the JIT
 * then compiles one loop for each function, with the function inside, instead of one loop that calls them all.
 */
final class Specialised {
  private Specialised() {
  }

  /**
   * A new instance of a copy of {@code template}.
   *
   * @param type what the template implements
   * @param functionType the type of the only argument of its constructor
   */
  static <T, F> T copy(Class<T> type, Class<? extends T> template, Class<F> functionType, F function) {
    try (InputStream bytes = template.getResourceAsStream(template.getSimpleName() + ".class")) {
      MethodHandles.Lookup copy = MethodHandles.lookup().defineHiddenClass(bytes.readAllBytes(), true);
      return type.cast(copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class, functionType))
          .invoke(function));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      throw new IllegalStateException("no copy of " + template, e);
    }
  }
}
