package org.bitloom.codegen.cuda;

/** Arithmetic on pairs of 16-bit numbers, conversions and permutations of bytes: text of PTX wrappers. */
final class NumberText {
  static final String WRAPPERS = """
      // Differences of two f16 numbers (PTX ISA, sub).
      __device__ __forceinline__ u32 sub_f16x2(u32 a, u32 b) {
        u32 d;
        asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
        return d;
      }

      // a * b + c on two bf16 numbers (PTX ISA, fma).
      __device__ __forceinline__ u32 fma_bf16x2(u32 a, u32 b, u32 c) {
        u32 d;
        asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
        return d;
      }

      // a * b + c on two f16 numbers (PTX ISA, fma).
      __device__ __forceinline__ u32 fma_f16x2(u32 a, u32 b, u32 c) {
        u32 d;
        asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
        return d;
      }

      __device__ __forceinline__ float f16_to_f32(u16 v) {
        float f;
        asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v));
        return f;
      }

      __device__ __forceinline__ u16 f32_to_f16(float v) {
        u16 h;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
        return h;
      }

      __device__ __forceinline__ u16 f32_to_bf16(float v) {
        u16 h;
        asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(v));
        return h;
      }

      // Two f32 numbers to two bf16 numbers, `low` in the low half (PTX ISA, cvt).
      __device__ __forceinline__ u32 f32x2_to_bf16x2(float low, float high) {
        u32 d;
        asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
        return d;
      }

      // Two f32 numbers to two f16 numbers, `low` in the low half (PTX ISA, cvt).
      __device__ __forceinline__ u32 f32x2_to_f16x2(float low, float high) {
        u32 d;
        asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
        return d;
      }

      // Four bytes of the eight in `low` and `high`, one nibble of `order` each (PTX ISA, prmt).
      __device__ __forceinline__ u32 permute_bytes(u32 low, u32 high, u32 order) {
        return __byte_perm(low, high, order);
      }

      """;

  private NumberText() {
  }
}
