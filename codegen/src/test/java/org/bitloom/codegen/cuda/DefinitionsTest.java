package org.bitloom.codegen.cuda;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What a kernel reaches stays, with the comments above it; the rest goes, with its own. */
class DefinitionsTest {
  private static final String KERNEL = """
      extern "C" __global__ void kernel(int* y) {
        *y = f(1);  // unlike g(kUnused)
      }
      """;

  @Test
  void whatIsReachedStays() {
    String text = """
        // A header.

        constexpr int kOne = 1;  // by f
        struct Pair {
          int low, high;
        };
        __device__ int f(int v) {
        #pragma unroll
          return Pair{v, kOne}.low;
        }

        """ + KERNEL;
    assertEquals(text, Definitions.used(text));
  }

  @Test
  void whatIsNotReachedGoes() {
    assertEquals("""
        __device__ int f(int g) { return g; }

        """ + KERNEL, Definitions.used("""
        __device__ int f(int g) { return g; }
        // Called by nobody.
        template <int N>
        __device__ int g(int v) {
          asm("{" : "+r"(v));
          return h<kUnused>(v);
        }

        constexpr int kUnused = 2;
        template <int N>
        __device__ int h(int v) { return v; }

        """ + KERNEL));
  }

  @Test
  void definitionsEnd() {
    assertThrows(IllegalArgumentException.class, () -> Definitions.used("struct Open {\n  int a;\n"));
  }
}
