package org.bitloom.codegen.cuda;

/** Asynchronous copies to shared memory, and the addresses and policies that they take: text of PTX wrappers. */
final class CopyText {
  static final String WRAPPERS = """
      // Address of shared memory as the 32-bit number that PTX takes (PTX ISA, cvta.to.shared).
      __device__ __forceinline__ u32 shared_address(const void* p) {
        return static_cast<u32>(__cvta_generic_to_shared(p));
      }

      // The same number, in a register: the compiler cannot compute it again wherever it is used (PTX ISA, shfl.sync).
      __device__ __forceinline__ u32 pinned(u32 v) {
        return __shfl_sync(0xffffffff, v, threadIdx.x % 32);
      }

      // Weights are read once: they leave L2 first (PTX ISA, createpolicy).
      __device__ __forceinline__ u64 evict_first_policy() {
        u64 policy;
        asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
        return policy;
      }

      // Starts a 16-byte copy past L1; bytes beyond `valid` become 0 (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_16_streamed(u32 to, const void* from, int valid, u64 policy) {
        asm volatile("cp.async.cg.shared.global.L2::cache_hint [%0], [%1], 16, %2, %3;"
            :: "r"(to), "l"(from), "r"(valid), "l"(policy) : "memory");
      }

      // Starts a 16-byte copy past L1 that brings the 256 bytes around it to L2 (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_16_prefetched(u32 to, const void* from, u64 policy) {
        asm volatile("cp.async.cg.shared.global.L2::cache_hint.L2::256B [%0], [%1], 16, %2;"
            :: "r"(to), "l"(from), "l"(policy) : "memory");
      }

      // Starts a 16-byte copy; bytes beyond `valid` become 0 (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_16(u32 to, const void* from, int valid) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(valid) : "memory");
      }

      // Starts a copy of 4 bytes (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_4(u32 to, const void* from) {
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" :: "r"(to), "l"(from) : "memory");
      }

      // Closes a group of copies (PTX ISA, cp.async.commit_group).
      __device__ __forceinline__ void commit_copies() {
        asm volatile("cp.async.commit_group;" ::: "memory");
      }

      // Waits until at most `Pending` groups of this thread are under way (PTX ISA, cp.async.wait_group).
      template <int Pending>
      __device__ __forceinline__ void wait_copies() {
        asm volatile("cp.async.wait_group %0;" :: "n"(Pending) : "memory");
      }

      // Starts a copy to shared memory that counts its bytes at a barrier (PTX ISA, cp.async.bulk); multiples of 16 bytes.
      __device__ __forceinline__ void copy_bulk(u32 to, const void* from, u32 bytes, u32 barrier) {
        asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
            :: "r"(to), "l"(from), "r"(bytes), "r"(barrier) : "memory");
      }

      """;

  private CopyText() {
  }
}
