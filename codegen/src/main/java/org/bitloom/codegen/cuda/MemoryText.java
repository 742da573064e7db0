package org.bitloom.codegen.cuda;

/** Loads and stores between registers and shared or global memory: text of PTX wrappers. */
final class MemoryText {
  static final String WRAPPERS = """
      __device__ __forceinline__ u32 load_shared(u32 address) {
        u32 v;
        asm volatile("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(address) : "memory");
        return v;
      }

      // A load of shared memory that nothing writes any more, so that it may move.
      __device__ __forceinline__ u32 load_constant_shared(u32 address) {
        u32 v;
        asm("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(address));
        return v;
      }

      __device__ __forceinline__ void load_shared_2(u32 address, u32* v) {
        asm volatile("ld.shared.v2.u32 {%0, %1}, [%2];" : "=r"(v[0]), "=r"(v[1]) : "r"(address) : "memory");
      }

      __device__ __forceinline__ void load_shared_4(u32 address, u32* v) {
        asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];"
            : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3]) : "r"(address) : "memory");
      }

      __device__ __forceinline__ void store_shared_2(u32 address, u32 a, u32 b) {
        asm volatile("st.shared.v2.u32 [%0], {%1, %2};" :: "r"(address), "r"(a), "r"(b) : "memory");
      }

      __device__ __forceinline__ void store_shared_4(u32 address, u32 a, u32 b, u32 c, u32 d) {
        asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};"
            :: "r"(address), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
      }

      __device__ __forceinline__ void store_shared_16bit(u32 address, u16 v) {
        asm volatile("st.shared.u16 [%0], %1;" :: "r"(address), "h"(v) : "memory");
      }

      // Four 8 x 8 matrices of 16-bit elements; lane l gives the address of row l % 8 of matrix l / 8 (PTX ISA, ldmatrix).
      __device__ __forceinline__ void load_matrices(u32 address, u32 (*v)[2]) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
            : "=r"(v[0][0]), "=r"(v[0][1]), "=r"(v[1][0]), "=r"(v[1][1]) : "r"(address) : "memory");
      }

      // Partial sums live in L2, where the other blocks find them (PTX ISA, cache operator .cg).
      __device__ __forceinline__ void store_partial(float* p, float v) {
        asm volatile("st.global.cg.f32 [%0], %1;" :: "l"(p), "f"(v) : "memory");
      }
      __device__ __forceinline__ float load_partial(const float* p) {
        float v;
        asm volatile("ld.global.cg.f32 %0, [%1];" : "=f"(v) : "l"(p) : "memory");
        return v;
      }
      __device__ __forceinline__ void load_partial_4(const float* p, float (&v)[4]) {
        asm volatile("ld.global.cg.v4.f32 {%0, %1, %2, %3}, [%4];"
            : "=f"(v[0]), "=f"(v[1]), "=f"(v[2]), "=f"(v[3]) : "l"(p) : "memory");
      }

      // Four 8 x 8 matrices of 16-bit elements, transposed; lane l gives the address of row l % 8 of matrix l / 8
      // (PTX ISA, stmatrix).
      __device__ __forceinline__ void store_transposed(u32 address, const u32 (&v)[4]) {
        asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};"
            :: "r"(address), "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3]) : "memory");
      }

      // Results are not read again here: they leave L2 first (PTX ISA, cache operator .cs).
      __device__ __forceinline__ void store_streamed_if(bool condition, void* p, const u32 (&v)[4]) {
        asm volatile("{\\n.reg .pred wanted;\\nsetp.ne.b32 wanted, %5, 0;\\n"
            "@wanted st.global.cs.v4.u32 [%0], {%1, %2, %3, %4};\\n}"
            :: "l"(p), "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3]), "r"(static_cast<int>(condition)) : "memory");
      }

      // What no kernel writes; the load stays where it is (PTX ISA, ld.global.nc).
      __device__ __forceinline__ u32 load_constant(const u32* p) {
        u32 v;
        asm volatile("ld.global.nc.u32 %0, [%1];" : "=r"(v) : "l"(p));
        return v;
      }

      __device__ __forceinline__ u16 load_shared_16bit(u32 address) {
        u16 v;
        asm volatile("ld.shared.u16 %0, [%1];" : "=h"(v) : "r"(address) : "memory");
        return v;
      }

      """;

  private MemoryText() {
  }
}
