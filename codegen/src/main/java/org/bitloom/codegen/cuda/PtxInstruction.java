package org.bitloom.codegen.cuda;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * The PTX instructions that generated kernels call by name, as the PTX ISA calls them: one wrapper each, header-free, on 32-bit
 * registers. Kernels define wrappers in the order of this list.
 */
enum PtxInstruction {
  /** {@code cvta.to.shared}. */
  SHARED_ADDRESS(CopyText.SHARED_ADDRESS),
  /** {@code shfl.sync}. */
  PINNED(CopyText.PINNED),
  /** {@code createpolicy}. */
  EVICT_FIRST(CopyText.EVICT_FIRST),
  /** {@code cp.async.cg}, past L1 and first to leave L2. */
  COPY_16_STREAMED(CopyText.COPY_16_STREAMED),
  /** {@code cp.async.cg}, bringing 256 bytes to L2. */
  COPY_16_PREFETCHED(CopyText.COPY_16_PREFETCHED),
  /** {@code cp.async.cg}. */
  COPY_16(CopyText.COPY_16),
  /** {@code cp.async.ca}. */
  COPY_4(CopyText.COPY_4),
  /** {@code cp.async.commit_group}. */
  COMMIT_COPIES(CopyText.COMMIT_COPIES),
  /** {@code cp.async.wait_group}. */
  WAIT_COPIES(CopyText.WAIT_COPIES),
  /** {@code griddepcontrol}. */
  DEPENDENT_LAUNCH(BarrierText.DEPENDENT_LAUNCH),
  /** {@code bar.sync}. */
  BARRIER(BarrierText.BARRIER),
  /** {@code ld.shared}. */
  LOAD_SHARED(MemoryText.LOAD_SHARED),
  /** {@code ld.shared}, free to move. */
  LOAD_CONSTANT_SHARED(MemoryText.LOAD_CONSTANT_SHARED),
  /** {@code ld.shared.v2}. */
  LOAD_SHARED_2(MemoryText.LOAD_SHARED_2),
  /** {@code ld.shared.v4}. */
  LOAD_SHARED_4(MemoryText.LOAD_SHARED_4),
  /** {@code sub.f16x2}. */
  HALVES(NumberText.HALVES),
  /** {@code st.shared.v2}. */
  STORE_SHARED_2(MemoryText.STORE_SHARED_2),
  /** {@code st.shared.v4}. */
  STORE_SHARED_4(MemoryText.STORE_SHARED_4),
  /** {@code mapa}, {@code st.async}, {@code mbarrier.arrive} at another block, {@code barrier.cluster}. */
  CLUSTER(BarrierText.CLUSTER),
  /** {@code st.shared.u16}. */
  STORE_SHARED_16BIT(MemoryText.STORE_SHARED_16BIT),
  /** {@code ldmatrix}. */
  LDMATRIX(MemoryText.LDMATRIX),
  /** {@code fma.rn.bf16x2}. */
  FMA_BF16X2(NumberText.FMA_BF16X2),
  /** {@code fma.rn.f16x2}. */
  FMA_F16X2(NumberText.FMA_F16X2),
  /** {@code cvt.f32.f16}. */
  F16_TO_F32(NumberText.F16_TO_F32),
  /** {@code cvt.rn.f16.f32}. */
  F32_TO_F16(NumberText.F32_TO_F16),
  /** {@code cvt.rn.bf16.f32}. */
  F32_TO_BF16(NumberText.F32_TO_BF16),
  /** {@code cvt.rn.bf16x2.f32}. */
  F32X2_TO_BF16X2(NumberText.F32X2_TO_BF16X2),
  /** {@code cvt.rn.f16x2.f32}. */
  F32X2_TO_F16X2(NumberText.F32X2_TO_F16X2),
  /** {@code atom.acq_rel.gpu.inc}. */
  ARRIVE_AT_COUNTER(BarrierText.ARRIVE_AT_COUNTER),
  /** {@code st.global.cg}, {@code ld.global.cg}. */
  STORE_PARTIAL(MemoryText.STORE_PARTIAL),
  /** {@code prmt}. */
  PERMUTE_BYTES(NumberText.PERMUTE_BYTES),
  /** {@code mbarrier}. */
  BARRIER_OBJECTS(BarrierText.BARRIER_OBJECTS),
  /** {@code cp.async.bulk}. */
  COPY_BULK(CopyText.COPY_BULK),
  /** {@code mbarrier.arrive}, predicated. */
  ARRIVE_IF(BarrierText.ARRIVE_IF),
  /** {@code cp.async.mbarrier.arrive}. */
  ARRIVE_AFTER_COPIES(BarrierText.ARRIVE_AFTER_COPIES),
  /** {@code wgmma.fence}, {@code wgmma.commit_group}, {@code wgmma.wait_group}. */
  WARPGROUP_ORDER(BarrierText.WARPGROUP_ORDER),
  /** {@code stmatrix.trans}. */
  TRANSPOSE_TO_SHARED(MemoryText.TRANSPOSE_TO_SHARED),
  /** {@code st.global.cs.v4}, predicated. */
  STORE_STREAMED_IF(MemoryText.STORE_STREAMED_IF),
  /** {@code ld.global.nc}. */
  LOAD_CONSTANT(MemoryText.LOAD_CONSTANT),
  /** {@code ld.shared.u16}. */
  LOAD_SHARED_16BIT(MemoryText.LOAD_SHARED_16BIT),
  /** {@code fence.proxy.async}. */
  FENCE_FOR_PRODUCTS(BarrierText.FENCE_FOR_PRODUCTS),
  /** {@code st.global.cg.v4}, {@code ld.global.cg.v4}. */
  PARTIAL_4(MemoryText.PARTIAL_4);

  private final String wrapper;

  PtxInstruction(String wrapper) {
    this.wrapper = wrapper;
  }

  /** The CUDA text of wrappers. */
  static String wrappers(Set<PtxInstruction> used) {
    return used.stream().map(instruction -> instruction.wrapper).collect(Collectors.joining("\n", "", "\n"));
  }
}
