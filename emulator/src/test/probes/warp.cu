// Warp probes: matrix instructions, shuffles and votes; the words of a thread are its registers.
#define R(x) "r"(x)
#define W(x) "=r"(x)
#define MMA(NAME, IN, OUT, ...) PROBE(NAME, IN, OUT, asm volatile(__VA_ARGS__);)

#define M4424(OP) OP " {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%10,%11,%12,%13};" \
  : W(o[0]), W(o[1]), W(o[2]), W(o[3]) : R(i[0]), R(i[1]), R(i[2]), R(i[3]), R(i[4]), R(i[5]), R(i[6]), R(i[7]), R(i[8]), R(i[9])
#define M4214(OP) OP " {%0,%1,%2,%3}, {%4,%5}, {%6}, {%7,%8,%9,%10};" \
  : W(o[0]), W(o[1]), W(o[2]), W(o[3]) : R(i[0]), R(i[1]), R(i[2]), R(i[3]), R(i[4]), R(i[5]), R(i[6])
#define M2422(OP) OP " {%0,%1}, {%2,%3,%4,%5}, {%6,%7}, {%8,%9};" \
  : W(o[0]), W(o[1]) : R(i[0]), R(i[1]), R(i[2]), R(i[3]), R(i[4]), R(i[5]), R(i[6]), R(i[7])

PROBE(mma_m16n8k16_f16, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"));)
PROBE(mma_m16n8k16_bf16, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"));)
PROBE(mma_m16n8k16_f16_f16, 8, 2, asm volatile(M2422("mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16"));)
PROBE(mma_m16n8k8_f16, 7, 4, asm volatile(M4214("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32"));)
PROBE(mma_m16n8k8_bf16, 7, 4, asm volatile(M4214("mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32"));)
PROBE(mma_m16n8k32_s8, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32"));)
PROBE(mma_m16n8k32_u8s8, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32"));)
PROBE(mma_m16n8k32_s8u8, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32"));)
PROBE(mma_m16n8k32_u8, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.s32.u8.u8.s32"));)
PROBE(mma_m16n8k32_s8_sat, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.satfinite.s32.s8.s8.s32"));)
PROBE(mma_m16n8k16_s8, 7, 4, asm volatile(M4214("mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32"));)
PROBE(mma_m16n8k256_b1_and, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc"));)
PROBE(mma_m16n8k256_b1_xor, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.xor.popc"));)
PROBE(mma_m16n8k128_b1_and, 7, 4, asm volatile(M4214("mma.sync.aligned.m16n8k128.row.col.s32.b1.b1.s32.and.popc"));)
PROBE(mma_m16n8k32_e4m3, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32"));)
PROBE(mma_m16n8k32_e5m2, 10, 4, asm volatile(M4424("mma.sync.aligned.m16n8k32.row.col.f32.e5m2.e5m2.f32"));)

// Shuffles: word 0 the value, word 1 the lane operand, word 2 the mask operand; the value and the predicate come back.
#define SHFL(O, MODE) asm volatile("{ .reg .pred p; shfl.sync." MODE ".b32 %0|p, %2, %3, %4, 0xffffffff; selp.u32 %1, 1, 0, p; }" \
  : W(o[O]), W(o[O + 1]) : R(i[0]), R(i[1] & 63), R(i[2] & 0x1f1f));
PROBE(shuffles, 3, 8, SHFL(0, "idx") SHFL(2, "up") SHFL(4, "down") SHFL(6, "bfly"))
PROBE(votes, 1, 6,
  asm volatile("{ .reg .pred p; setp.ne.u32 p, %1, 0; vote.sync.ballot.b32 %0, p, 0xffffffff; }" : W(o[0]) : R(i[0] & 1));
  asm volatile("{ .reg .pred p, q; setp.ne.u32 p, %1, 0; vote.sync.any.pred q, p, 0xffffffff; selp.u32 %0, 1, 0, q; }" : W(o[1]) : R(i[0] & 1));
  asm volatile("{ .reg .pred p, q; setp.ne.u32 p, %1, 0; vote.sync.all.pred q, p, 0xffffffff; selp.u32 %0, 1, 0, q; }" : W(o[2]) : R(i[0] & 1));
  asm volatile("match.any.sync.b32 %0, %1, 0xffffffff;" : W(o[3]) : R(i[0] & 7));
  asm volatile("redux.sync.add.s32 %0, %1, 0xffffffff;" : W(o[4]) : R(i[0]));
  asm volatile("redux.sync.max.s32 %0, %1, 0xffffffff;" : W(o[5]) : R(i[0]));)

// Matrix loads and stores: the warp writes its words as 32 rows of 16 bytes, then loads fragments. A block is one warp here.
#define SMEM_ROWS __shared__ __align__(16) u32 rows[128]; \
  for (int w = 0; w < 4; w++) rows[threadIdx.x * 4 + w] = i[w]; \
  __syncthreads(); \
  u32 row = (u32)__cvta_generic_to_shared(rows) + threadIdx.x * 16;
PROBE(ldmatrix, 4, 14, SMEM_ROWS
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : W(o[0]) : R(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : W(o[1]), W(o[2]) : R(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];" : W(o[3]), W(o[4]), W(o[5]), W(o[6]) : R(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];" : W(o[7]) : R(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];" : W(o[8]), W(o[9]) : R(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];" : W(o[10]), W(o[11]), W(o[12]), W(o[13]) : R(row));)
PROBE(stmatrix, 4, 8, __shared__ __align__(16) u32 rows[128];
  u32 row = (u32)__cvta_generic_to_shared(rows) + threadIdx.x * 16;
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1,%2,%3,%4};" :: R(row), R(i[0]), R(i[1]), R(i[2]), R(i[3]) : "memory");
  __syncthreads();
  for (int w = 0; w < 4; w++) o[w] = rows[threadIdx.x * 4 + w];
  __syncthreads();
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1,%2,%3,%4};" :: R(row), R(i[0]), R(i[1]), R(i[2]), R(i[3]) : "memory");
  __syncthreads();
  for (int w = 0; w < 4; w++) o[4 + w] = rows[threadIdx.x * 4 + w];)
PROBE(movmatrix, 1, 1, asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : W(o[0]) : R(i[0]));)
