package org.bitloom.codegen.cuda;

import java.util.Set;
import java.util.stream.Collectors;

/** The PTX instructions that generated kernels call by name: one wrapper each, header-free, on 32-bit registers. */
enum PtxInstruction {
  /** PTX ISA 9.7.9 (cvta). */
  SHARED_ADDRESS("""
      // Address of shared memory as the 32-bit number that PTX takes (PTX ISA, cvta.to.shared).
      __device__ __forceinline__ u32 shared_address(const void* p) {
        return static_cast<u32>(__cvta_generic_to_shared(p));
      }
      """),
  /** PTX ISA 9.7.9 (shfl.sync). */
  PINNED("""
      // The same number, in a register: the compiler cannot compute it again wherever it is used (PTX ISA, shfl.sync).
      __device__ __forceinline__ u32 pinned(u32 v) {
        return __shfl_sync(0xffffffff, v, threadIdx.x % 32);
      }
      """),
  /** PTX ISA 9.7.9 (mapa, st.async), 9.7.13 (mbarrier.arrive, barrier.cluster). */
  CLUSTER(
      """
          // The blocks of a cluster: addresses in the shared memory of one of them, stores there that count their bytes at a
          // barrier there, arrivals there, and a barrier of all (PTX ISA, mapa, st.async, mbarrier.arrive, barrier.cluster).
          __device__ __forceinline__ u32 address_in_block(u32 address, int rank) {
            u32 there;
            asm volatile("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"(address), "r"(rank));
            return there;
          }
          __device__ __forceinline__ void send_4(u32 to, const float (&v)[4], u32 barrier) {
            asm volatile("st.async.shared::cluster.mbarrier::complete_tx::bytes.v4.f32 [%0], {%1, %2, %3, %4}, [%5];"
                :: "r"(to), "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]), "r"(barrier) : "memory");
          }
          __device__ __forceinline__ void arrive_in_block(u32 barrier) {
            asm volatile("mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" :: "r"(barrier) : "memory");
          }
          __device__ __forceinline__ void arrive_at_cluster() {
            asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
          }
          // The same, without telling others what this thread has written.
          __device__ __forceinline__ void be_counted_in_cluster() {
            asm volatile("barrier.cluster.arrive.relaxed.aligned;" ::: "memory");
          }
          __device__ __forceinline__ void wait_for_cluster() {
            asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
          }
          """),
  /** PTX ISA 9.7.9 (createpolicy). */
  EVICT_FIRST("""
      // Weights are read once: they leave L2 first (PTX ISA, createpolicy).
      __device__ __forceinline__ u64 evict_first_policy() {
        u64 policy;
        asm("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
        return policy;
      }
      """),
  /** PTX ISA 9.7.9.25 (cp.async). */
  COPY_16_STREAMED("""
      // Starts a 16-byte copy past L1; bytes beyond `valid` become 0 (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_16_streamed(u32 to, const void* from, int valid, u64 policy) {
        asm volatile("cp.async.cg.shared.global.L2::cache_hint [%0], [%1], 16, %2, %3;"
            :: "r"(to), "l"(from), "r"(valid), "l"(policy) : "memory");
      }
      """), COPY_16("""
      // Starts a 16-byte copy; bytes beyond `valid` become 0 (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_16(u32 to, const void* from, int valid) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" :: "r"(to), "l"(from), "r"(valid) : "memory");
      }
      """), COPY_4("""
      // Starts a copy of 4 bytes (PTX ISA, cp.async).
      __device__ __forceinline__ void copy_4(u32 to, const void* from) {
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" :: "r"(to), "l"(from) : "memory");
      }
      """), COMMIT_COPIES("""
      // Closes a group of copies (PTX ISA, cp.async.commit_group).
      __device__ __forceinline__ void commit_copies() {
        asm volatile("cp.async.commit_group;" ::: "memory");
      }
      """), WAIT_COPIES("""
      // Waits until at most `Pending` groups of this thread are under way (PTX ISA, cp.async.wait_group).
      template <int Pending>
      __device__ __forceinline__ void wait_copies() {
        asm volatile("cp.async.wait_group %0;" :: "n"(Pending) : "memory");
      }
      """), DEPENDENT_LAUNCH(
      """
          // Where a kernel is launched as the dependent of another (PTX ISA, griddepcontrol): lets the next one start while this one
          // runs, and waits until all that the one before it wrote can be seen.
          __device__ __forceinline__ void let_next_kernel_start() {
          #if __CUDA_ARCH__ >= 900
            asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
          #endif
          }
          __device__ __forceinline__ void wait_for_kernel_before() {
          #if __CUDA_ARCH__ >= 900
            asm volatile("griddepcontrol.wait;" ::: "memory");
          #endif
          }
          """), BARRIER(
          """
              // Barrier `id` of `threads` threads (PTX ISA, barrier.sync).
              __device__ __forceinline__ void barrier(int id, int threads) {
                asm volatile("bar.sync %0, %1;" :: "r"(id), "r"(threads) : "memory");
              }
              """), LOAD_SHARED("""
              __device__ __forceinline__ u32 load_shared(u32 address) {
                u32 v;
                asm volatile("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(address) : "memory");
                return v;
              }
              """), LOAD_CONSTANT_SHARED("""
              // A load of shared memory that nothing writes any more, so that it may move.
              __device__ __forceinline__ u32 load_constant_shared(u32 address) {
                u32 v;
                asm("ld.shared.u32 %0, [%1];" : "=r"(v) : "r"(address));
                return v;
              }
              """), LOAD_SHARED_2("""
              __device__ __forceinline__ void load_shared_2(u32 address, u32* v) {
                asm volatile("ld.shared.v2.u32 {%0, %1}, [%2];" : "=r"(v[0]), "=r"(v[1]) : "r"(address) : "memory");
              }
              """), LOAD_SHARED_4("""
              __device__ __forceinline__ void load_shared_4(u32 address, u32* v) {
                asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];"
                    : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3]) : "r"(address) : "memory");
              }
              """), HALVES("""
              // Differences of two f16 numbers (PTX ISA, sub).
              __device__ __forceinline__ u32 sub_f16x2(u32 a, u32 b) {
                u32 d;
                asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
                return d;
              }
              """), STORE_SHARED_2("""
              __device__ __forceinline__ void store_shared_2(u32 address, u32 a, u32 b) {
                asm volatile("st.shared.v2.u32 [%0], {%1, %2};" :: "r"(address), "r"(a), "r"(b) : "memory");
              }
              """), STORE_SHARED_4("""
              __device__ __forceinline__ void store_shared_4(u32 address, u32 a, u32 b, u32 c, u32 d) {
                asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};"
                    :: "r"(address), "r"(a), "r"(b), "r"(c), "r"(d) : "memory");
              }
              """), STORE_SHARED_16BIT("""
              __device__ __forceinline__ void store_shared_16bit(u32 address, u16 v) {
                asm volatile("st.shared.u16 [%0], %1;" :: "r"(address), "h"(v) : "memory");
              }
              """), LDMATRIX(
              """
                  // Four 8 x 8 matrices of 16-bit elements; lane l gives the address of row l % 8 of matrix l / 8 (PTX ISA, ldmatrix).
                  __device__ __forceinline__ void load_matrices(u32 address, u32 (*v)[2]) {
                    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                        : "=r"(v[0][0]), "=r"(v[0][1]), "=r"(v[1][0]), "=r"(v[1][1]) : "r"(address) : "memory");
                  }
                  """), FMA_BF16X2(
                  """
                      // a * b + c on two bf16 numbers (PTX ISA, fma).
                      __device__ __forceinline__ u32 fma_bf16x2(u32 a, u32 b, u32 c) {
                        u32 d;
                        asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
                        return d;
                      }
                      """), FMA_F16X2("""
                      // a * b + c on two f16 numbers (PTX ISA, fma).
                      __device__ __forceinline__ u32 fma_f16x2(u32 a, u32 b, u32 c) {
                        u32 d;
                        asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
                        return d;
                      }
                      """), F16_TO_F32("""
                      __device__ __forceinline__ float f16_to_f32(u16 v) {
                        float f;
                        asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v));
                        return f;
                      }
                      """), F32_TO_F16("""
                      __device__ __forceinline__ u16 f32_to_f16(float v) {
                        u16 h;
                        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
                        return h;
                      }
                      """), F32_TO_BF16("""
                      __device__ __forceinline__ u16 f32_to_bf16(float v) {
                        u16 h;
                        asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(v));
                        return h;
                      }
                      """), F32X2_TO_BF16X2("""
                      // Two f32 numbers to two bf16 numbers, `low` in the low half (PTX ISA, cvt).
                      __device__ __forceinline__ u32 f32x2_to_bf16x2(float low, float high) {
                        u32 d;
                        asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
                        return d;
                      }
                      """), F32X2_TO_F16X2("""
                      // Two f32 numbers to two f16 numbers, `low` in the low half (PTX ISA, cvt).
                      __device__ __forceinline__ u32 f32x2_to_f16x2(float low, float high) {
                        u32 d;
                        asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
                        return d;
                      }
                      """), ARRIVE_AT_COUNTER("""
                      // Adds 1 to a counter that wraps to 0 after `last`, and returns what it was (PTX ISA, atom).
                      __device__ __forceinline__ u32 arrive_at_counter(u32* counter, u32 last) {
                        u32 before;
                        asm volatile("atom.acq_rel.gpu.global.inc.u32 %0, [%1], %2;"
                            : "=r"(before) : "l"(counter), "r"(last) : "memory");
                        return before;
                      }
                      """), STORE_PARTIAL("""
                      // Partial sums live in L2, where the other blocks find them (PTX ISA, cache operator .cg).
                      __device__ __forceinline__ void store_partial(float* p, float v) {
                        asm volatile("st.global.cg.f32 [%0], %1;" :: "l"(p), "f"(v) : "memory");
                      }
                      __device__ __forceinline__ float load_partial(const float* p) {
                        float v;
                        asm volatile("ld.global.cg.f32 %0, [%1];" : "=f"(v) : "l"(p) : "memory");
                        return v;
                      }
                      """), PERMUTE_BYTES("""
                      // Four bytes of the eight in `low` and `high`, one nibble of `order` each (PTX ISA, prmt).
                      __device__ __forceinline__ u32 permute_bytes(u32 low, u32 high, u32 order) {
                        return __byte_perm(low, high, order);
                      }
                      """), BARRIER_OBJECTS(
                      """
                          // Barriers in shared memory that count arrivals and bytes (PTX ISA, mbarrier).
                          __device__ __forceinline__ void init_barrier(u32 barrier, int arrivals) {
                            asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" :: "r"(barrier), "r"(arrivals) : "memory");
                          }
                          __device__ __forceinline__ void arrive(u32 barrier) {
                            asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" :: "r"(barrier) : "memory");
                          }
                          __device__ __forceinline__ void arrive_and_expect(u32 barrier, u32 bytes) {
                            asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" :: "r"(barrier), "r"(bytes) : "memory");
                          }
                          __device__ __forceinline__ void wait_phase(u32 barrier, u32 parity) {
                            asm volatile("{\\n.reg .pred done;\\nagain_%=:\\n"
                                "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\\n@!done bra again_%=;\\n}"
                                :: "r"(barrier), "r"(parity) : "memory");
                          }
                          // Makes initialised barriers known to bulk copies (PTX ISA, fence.mbarrier_init, fence.proxy.async).
                          __device__ __forceinline__ void publish_barriers() {
                            asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
                            asm volatile("fence.proxy.async;" ::: "memory");
                          }
                          """), COPY_BULK(
                          """
                              // Starts a copy to shared memory that counts its bytes at a barrier (PTX ISA, cp.async.bulk); multiples of 16 bytes.
                              __device__ __forceinline__ void copy_bulk(u32 to, const void* from, u32 bytes, u32 barrier) {
                                asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];"
                                    :: "r"(to), "l"(from), "r"(bytes), "r"(barrier) : "memory");
                              }
                              """), ARRIVE_IF(
                              """
                                  // Arrives at a barrier without a branch, which products under way could not cross.
                                  __device__ __forceinline__ void arrive_if(bool condition, u32 barrier) {
                                    asm volatile("{\\n.reg .pred now;\\nsetp.ne.b32 now, %0, 0;\\n"
                                        "@now mbarrier.arrive.shared::cta.b64 _, [%1];\\n}"
                                        :: "r"(static_cast<int>(condition)), "r"(barrier) : "memory");
                                  }
                                  """), ARRIVE_AFTER_COPIES(
                                  """
                                      // Arrives at a barrier when the copies that this thread has started so far are done (PTX ISA,
                                      // cp.async.mbarrier.arrive); the barrier counts it as any arrival.
                                      __device__ __forceinline__ void arrive_after_copies(u32 barrier) {
                                        asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" :: "r"(barrier) : "memory");
                                      }
                                      """), WARPGROUP_ORDER(
                                      """
                                          // Order of wgmma with registers, and groups of them (PTX ISA, wgmma.fence, wgmma.commit_group, wgmma.wait_group).
                                          __device__ __forceinline__ void open_group() {
                                            asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
                                          }
                                          __device__ __forceinline__ void close_group() {
                                            asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
                                          }
                                          // A register of a product has its value before what follows: the compiler moves no computation of it past a fence.
                                          __device__ __forceinline__ void settle(u32& v) {
                                            asm volatile("" : "+r"(v) :: "memory");
                                          }
                                          template <int Pending>
                                          __device__ __forceinline__ void wait_groups() {
                                            asm volatile("wgmma.wait_group.sync.aligned %0;" :: "n"(Pending) : "memory");
                                          }
                                          """), TRANSPOSE_TO_SHARED(
                                          """
                                              // Four 8 x 8 matrices of 16-bit elements, transposed; lane l gives the address of row l % 8 of matrix l / 8
                                              // (PTX ISA, stmatrix).
                                              __device__ __forceinline__ void store_transposed(u32 address, const u32 (&v)[4]) {
                                                asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};"
                                                    :: "r"(address), "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3]) : "memory");
                                              }
                                              """), STORE_STREAMED_IF(
                                              """
                                                  // Results are not read again here: they leave L2 first (PTX ISA, cache operator .cs).
                                                  __device__ __forceinline__ void store_streamed_if(bool condition, void* p, const u32 (&v)[4]) {
                                                    asm volatile("{\\n.reg .pred wanted;\\nsetp.ne.b32 wanted, %5, 0;\\n"
                                                        "@wanted st.global.cs.v4.u32 [%0], {%1, %2, %3, %4};\\n}"
                                                        :: "l"(p), "r"(v[0]), "r"(v[1]), "r"(v[2]), "r"(v[3]), "r"(static_cast<int>(condition)) : "memory");
                                                  }
                                                  """), LOAD_CONSTANT(
                                                  """
                                                      // What no kernel writes; the load stays where it is (PTX ISA, ld.global.nc).
                                                      __device__ __forceinline__ u32 load_constant(const u32* p) {
                                                        u32 v;
                                                        asm volatile("ld.global.nc.u32 %0, [%1];" : "=r"(v) : "l"(p));
                                                        return v;
                                                      }
                                                      """), LOAD_SHARED_16BIT(
                                                      """
                                                          __device__ __forceinline__ u16 load_shared_16bit(u32 address) {
                                                            u16 v;
                                                            asm volatile("ld.shared.u16 %0, [%1];" : "=h"(v) : "r"(address) : "memory");
                                                            return v;
                                                          }
                                                          """), FENCE_FOR_PRODUCTS(
                                                          """
                                                              // What this thread wrote to shared memory can be read by products behind the next barrier (PTX ISA, fence.proxy.async).
                                                              __device__ __forceinline__ void fence_for_products() {
                                                                asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
                                                              }
                                                              """), CLEAR_SHARED_16(
                                                              """
                                                                  __device__ __forceinline__ void clear_shared_16(u32 address) {
                                                                    asm volatile("st.shared.v4.u32 [%0], {%1, %1, %1, %1};" :: "r"(address), "r"(0) : "memory");
                                                                  }
                                                                  """), PARTIAL_4(
                                                                  """
                                                                      // Partial sums live in L2, where the other blocks find them (PTX ISA, cache operator .cg).
                                                                      __device__ __forceinline__ void store_partial_4(float* p, const float (&v)[4]) {
                                                                        asm volatile("st.global.cg.v4.f32 [%0], {%1, %2, %3, %4};"
                                                                            :: "l"(p), "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]) : "memory");
                                                                      }
                                                                      __device__ __forceinline__ void load_partial_4(const float* p, float (&v)[4]) {
                                                                        asm volatile("ld.global.cg.v4.f32 {%0, %1, %2, %3}, [%4];"
                                                                            : "=f"(v[0]), "=f"(v[1]), "=f"(v[2]), "=f"(v[3]) : "l"(p) : "memory");
                                                                      }
                                                                      """);

  private final String wrapper;

  PtxInstruction(String wrapper) {
    this.wrapper = wrapper;
  }

  /** The CUDA text of wrappers. */
  static String wrappers(Set<PtxInstruction> used) {
    return used.stream().map(instruction -> instruction.wrapper).collect(Collectors.joining("\n", "", "\n"));
  }
}
