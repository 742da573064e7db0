// Warpgroup probes (sm_90a): a block is 128 threads; its words fill shared memory from its start, 128-byte rows of 32 words.
// The first half holds operand A (where A is in shared memory), the second half operand B.
#define DESC(ADDR, LEAD, STRIDE, SWIZZLE) \
  ((u64)(((ADDR) & 0x3ffff) >> 4) | (u64)((LEAD) >> 4) << 16 | (u64)((STRIDE) >> 4) << 32 | (u64)(SWIZZLE) << 62)
#define FILL(IN) extern __shared__ __align__(1024) u32 tile[]; \
  for (int w = 0; w < IN; w++) tile[threadIdx.x * IN + w] = i[w]; \
  asm volatile("fence.proxy.async;" ::: "memory"); \
  __syncthreads(); \
  u32 base = (u32)__cvta_generic_to_shared(tile); (void)base;
#define RUN(...) asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); \
  asm volatile(__VA_ARGS__); \
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); \
  asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
#define ACC8 W(o[0]), W(o[1]), W(o[2]), W(o[3]), W(o[4]), W(o[5]), W(o[6]), W(o[7])
#define SS(OP, ADESC, BDESC, TAIL) RUN(OP " {%0,%1,%2,%3,%4,%5,%6,%7}, %8, %9, " TAIL ";" : ACC8 : "l"(ADESC), "l"(BDESC))
#define RS(OP, BDESC, TAIL) RUN(OP " {%0,%1,%2,%3,%4,%5,%6,%7}, {%8,%9,%10,%11}, %12, " TAIL ";" \
  : ACC8 : R(i[0]), R(i[1]), R(i[2]), R(i[3]), "l"(BDESC))

// D = A B (scale-d 0), n = 16; A and B K-major, each swizzle mode
PROBE(wgmma_f16_none, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base, 128, 256, 0), DESC(base + 8192, 128, 256, 0), "0, 1, 1, 0, 0"))
PROBE(wgmma_f16_32, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base, 16, 256, 3), DESC(base + 8192, 16, 256, 3), "0, 1, 1, 0, 0"))
PROBE(wgmma_f16_64, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base + 32, 16, 512, 2), DESC(base + 8192 + 32, 16, 512, 2), "0, 1, 1, 0, 0"))
PROBE(wgmma_f16_128, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base + 64, 16, 1024, 1), DESC(base + 8192 + 64, 16, 1024, 1), "0, 1, 1, 0, 0"))
// B (and A) MN-major
PROBE(wgmma_f16_128_mn, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base, 4096, 1024, 1), DESC(base + 8192, 2048, 512, 3), "0, 1, 1, 1, 1"))
PROBE(wgmma_f16_none_mn, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base, 1024, 128, 0), DESC(base + 8192, 256, 128, 0), "0, 1, 1, 1, 1"))
// A in registers
PROBE(wgmma_f16_rs, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base + 8192, 16, 1024, 1), "0, 1, 1, 0"))
PROBE(wgmma_bf16_rs, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k16.f32.bf16.bf16", DESC(base + 8192, 16, 1024, 1), "0, 1, 1, 0"))
PROBE(wgmma_f16_rs_mn, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base + 8192, 2048, 512, 3), "0, 1, 1, 1"))
PROBE(wgmma_f16_negate, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k16.f32.f16.f16", DESC(base + 8192, 16, 1024, 1), "0, -1, 1, 0"))
PROBE(wgmma_s8_128, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k32.s32.s8.s8", DESC(base, 16, 1024, 1), DESC(base + 8192, 16, 1024, 1), "0"))
PROBE(wgmma_u8s8_rs, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k32.s32.u8.s8", DESC(base + 8192, 16, 1024, 1), "0"))
PROBE(wgmma_b1_128, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k256.s32.b1.b1.and.popc", DESC(base, 16, 1024, 1), DESC(base + 8192, 16, 1024, 1), "0"))
PROBE(wgmma_b1_rs, 32, 8, FILL(32) RS("wgmma.mma_async.sync.aligned.m64n16k256.s32.b1.b1.and.popc", DESC(base + 8192, 16, 1024, 1), "0"))
PROBE(wgmma_e4m3_128, 32, 8, FILL(32) SS("wgmma.mma_async.sync.aligned.m64n16k32.f32.e4m3.e4m3", DESC(base, 16, 1024, 1), DESC(base + 8192, 16, 1024, 1), "0, 1, 1"))
