package org.bitloom.codegen.cuda;

/** Who waits for whom: kernels, threads, blocks of a cluster, copies and products of warpgroups; text of PTX wrappers. */
final class BarrierText {
  static final String WRAPPERS = """
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

      // Barrier `id` of `threads` threads (PTX ISA, barrier.sync).
      __device__ __forceinline__ void barrier(int id, int threads) {
        asm volatile("bar.sync %0, %1;" :: "r"(id), "r"(threads) : "memory");
      }

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

      // Adds 1 to a counter that wraps to 0 after `last`, and returns what it was (PTX ISA, atom).
      __device__ __forceinline__ u32 arrive_at_counter(u32* counter, u32 last) {
        u32 before;
        asm volatile("atom.acq_rel.gpu.global.inc.u32 %0, [%1], %2;"
            : "=r"(before) : "l"(counter), "r"(last) : "memory");
        return before;
      }

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

      // Arrives at a barrier without a branch, which products under way could not cross.
      __device__ __forceinline__ void arrive_if(bool condition, u32 barrier) {
        asm volatile("{\\n.reg .pred now;\\nsetp.ne.b32 now, %0, 0;\\n"
            "@now mbarrier.arrive.shared::cta.b64 _, [%1];\\n}"
            :: "r"(static_cast<int>(condition)), "r"(barrier) : "memory");
      }

      // Arrives at a barrier when the copies that this thread has started so far are done (PTX ISA,
      // cp.async.mbarrier.arrive); the barrier counts it as any arrival.
      __device__ __forceinline__ void arrive_after_copies(u32 barrier) {
        asm volatile("cp.async.mbarrier.arrive.noinc.shared::cta.b64 [%0];" :: "r"(barrier) : "memory");
      }

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

      // What this thread wrote to shared memory can be read by products behind the next barrier (PTX ISA, fence.proxy.async).
      __device__ __forceinline__ void fence_for_products() {
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
      }

      """;

  /**
   * Statements that leave in {@code last} whether this block is the last of the gridDim.y that share results to get here, so that it
   * sees what all of them stored.
   *
   * @param counter an expression of the text, the counter of these blocks
   */
  static String lastOfSplits(String counter) {
    return """
        // Released by the thread that arrives for the block, behind a barrier, and acquired likewise (PTX ISA, causality order).
        __shared__ bool last;
        __syncthreads();
        if (threadIdx.x == 0) {
          last = arrive_at_counter(%s, gridDim.y - 1) == gridDim.y - 1;
        }
        __syncthreads();
        """
        .formatted(counter);
  }

  private BarrierText() {
  }
}
