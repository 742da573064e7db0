// Runs every probe on the GPU at hand and prints inputs and results as CSV:
//   gpu,NAME  then for each probe  probe,NAME,IN,OUT,BLOCK  and one line a thread: IN input words, OUT result words, hexadecimal.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>
#include "probes.cu"

static u64 state = 0x9E3779B97F4A7C15ull;
static u32 rnd() {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (u32)(state >> 16);
}
static u32 pick(const u32* from, int count) { return from[rnd() % count]; }
static float uniform(float low, float high) { return low + (high - low) * (rnd() * (1.0f / 4294967296.0f)); }
static u32 bits(float x) { u32 b; memcpy(&b, &x, 4); return b; }

static u32 special32() {
  static const u32 v[] = {0, 0x80000000u, 1, 0x80000001u, 0x007fffffu, 0x00800000u, 0x3f800000u, 0xbf800000u, 0x7f800000u, 0xff800000u,
    0x7fc00000u, 0xffc12345u, 0x7f800001u, 0x7f7fffffu, 0x477fe000u, 0x477ff000u, 0x477fefffu, 0x38800000u, 0x33000000u, 0x33000001u,
    0x4f000000u, 0xcf000000u, 0x4effffffu, 0x4f7fffffu, 0x3f000000u, 0x3fc00000u, 0x40200000u, 0xbf000000u, 0x437f0000u, 0x43800000u,
    0x42fe0000u, 0x43e00000u, 0x43e80000u, 0x47600000u, 0x47700000u, 0x3b000000u, 0x3a800000u};
  return pick(v, sizeof v / 4);
}
static u32 f32any() {
  switch (rnd() % 5) {
    case 0: return special32();
    case 1: return rnd();
    case 2: return (rnd() & 0x807fffffu) | (rnd() % 40 + 100) << 23;            // magnitudes 2^-27 .. 2^12
    case 3: return ((rnd() & 0x807fe000u) | (rnd() % 40 + 100) << 23) + (rnd() % 3 - 1u) + (rnd() & 1 ? 0x1000u : 0); // near f16 ties
    default: return bits(uniform(-300.f, 300.f));
  }
}
static u32 f16any() {
  static const u32 v[] = {0, 0x8000, 1, 0x8001, 0x3ff, 0x400, 0x3c00, 0xbc00, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0xfe01, 0x7c01, 0x3555};
  return rnd() % 3 == 0 ? pick(v, sizeof v / 4) : rnd() & 0xffff;
}
static u32 bf16any() {
  static const u32 v[] = {0, 0x8000, 1, 0x8001, 0x7f, 0x80, 0x3f80, 0xbf80, 0x7f7f, 0xff7f, 0x7f80, 0xff80, 0x7fc0, 0xffc1, 0x7f81, 0x3eab};
  switch (rnd() % 3) {
    case 0: return pick(v, sizeof v / 4);
    case 1: return (rnd() & 0x807f) | (rnd() % 20 + 118) << 7;
    default: return rnd() & 0xffff;
  }
}
// Matrix operands in four moods, one a warp: moderate, subnormal, wide exponents, with infinities and NaN.
static u32 mma16(int mood, int mantissa) {
  int expBits = 15 - mantissa;
  u32 bias = (1u << (expBits - 1)) - 1, m = rnd() & ((1u << mantissa) - 1), s = (rnd() & 1) << 15;
  switch (mood) {
    case 0: return s | (bias - 3 + rnd() % 4) << mantissa | m;
    case 1: return rnd() % 4 ? s | m : s | (bias + rnd() % 12) << mantissa | m;
    case 2: return s | (bias - 11 + rnd() % 24) << mantissa | m;
    default: return rnd() % 61 == 0 ? s | ((1u << expBits) - 1) << mantissa | (rnd() & 1 ? 0 : 1u << (mantissa - 1))
                                    : s | (bias - 3 + rnd() % 4) << mantissa | m;
  }
}
static u32 mma32(int mood) {
  switch (mood) {
    case 0: return bits(uniform(-4.f, 4.f));
    case 1: return rnd() % 2 ? rnd() & 0x807fffffu : bits(uniform(-1e-6f, 1e-6f));
    case 2: return (rnd() & 0x807fffffu) | (rnd() % 60 + 97) << 23;
    default: return rnd() % 61 == 0 ? 0x7f800000u | (rnd() & 0x80000000u) : bits(uniform(-4.f, 4.f));
  }
}
static u32 integer() {
  static const u32 v[] = {0, 1, 2, 0xffffffffu, 0x80000000u, 0x7fffffffu, 31, 32, 33, 255, 256, 0x80, 0x7f, 0xff80, 0x8000, 0x10000};
  switch (rnd() % 4) {
    case 0: return pick(v, sizeof v / 4);
    case 1: return rnd() >> (rnd() % 32);
    default: return rnd();
  }
}
static u32 word(char kind, int mood) {
  u32 low;
  switch (kind) {
    case 'f': return f32any();
    case 'e': return bits(uniform(-20.f, 20.f));
    case 'h': low = f16any(); return low | f16any() << 16;
    case 'b': low = bf16any(); return low | bf16any() << 16;
    case 'H': low = mma16(mood, 10); return low | mma16(mood, 10) << 16;
    case 'B': low = mma16(mood, 7); return low | mma16(mood, 7) << 16;
    case 'F': return mma32(mood);
    case 'i': return integer();
    case 's': return rnd() % 8 ? rnd() % 70 : integer();
    default: return rnd();
  }
}

struct Probe { const char* name; void (*kernel)(const u32*, u32*); const char* kinds; int repeat; int out; int block; int smem; };
#define P(NAME, KINDS, OUT) {#NAME, NAME, KINDS, 1, OUT, 128, 0}
#define ONE_WARP(NAME, KINDS, OUT) {#NAME, NAME, KINDS, 1, OUT, 32, 0}
#define GROUP(NAME, KIND, OUT) {#NAME, NAME, KIND, 32, OUT, 128, 16384}
static const Probe probes[] = {
  P(cvt_f32_to_f16, "f", 4), P(cvt_f32_to_bf16, "f", 3), P(cvt_to_f32, "h", 2), P(cvt_f32x2, "ff", 8), P(cvt_fp8_to_f16x2, "r", 2),
  P(cvt_f16x2_to_fp8, "h", 2), P(cvt_f32_to_int, "f", 12), P(cvt_f32_to_f32, "f", 6), P(cvt_int_to_float, "i", 10),
  P(cvt_f16_to_int, "h", 4), P(cvt_int_to_int, "i", 8), P(f16_arithmetic, "hhh", 12), P(f16x2_arithmetic, "hhh", 12),
  P(bf16_arithmetic, "bbb", 8), P(bf16x2_arithmetic, "bbb", 9), P(f32_arithmetic, "fff", 14), P(f32_unary_exact, "f", 4),
  P(f32_approx, "f", 7), P(f32_approx_moderate, "e", 6), P(f32_div_approx, "ff", 2), P(f16x2_approx, "h", 4), P(prmt_modes, "rri", 7),
  P(lop3_tables, "rrr", 8), P(funnel_shifts, "rrs", 4), P(shifts, "rs", 5), P(shifts64, "rrs", 6), P(bit_fields, "issr", 3),
  P(bit_counts, "i", 7), P(integer_arithmetic, "iii", 16), P(dot_products, "iii", 6), P(carries, "iiii", 4), P(float_compares, "ff", 14),
  P(mma_m16n8k16_f16, "HHHHHHFFFF", 4), P(mma_m16n8k16_bf16, "BBBBBBFFFF", 4), P(mma_m16n8k16_f16_f16, "HHHHHHHH", 2),
  P(mma_m16n8k8_f16, "HHHFFFF", 4), P(mma_m16n8k8_bf16, "BBBFFFF", 4),
  P(mma_m16n8k32_s8, "rrrrrriiii", 4), P(mma_m16n8k32_u8s8, "rrrrrriiii", 4), P(mma_m16n8k32_s8u8, "rrrrrriiii", 4),
  P(mma_m16n8k32_u8, "rrrrrriiii", 4), P(mma_m16n8k32_s8_sat, "rrrrrriiii", 4), P(mma_m16n8k16_s8, "rrriiii", 4),
  P(mma_m16n8k256_b1_and, "rrrrrriiii", 4), P(mma_m16n8k256_b1_xor, "rrrrrriiii", 4), P(mma_m16n8k128_b1_and, "rrriiii", 4),
  P(mma_m16n8k32_e4m3, "rrrrrrFFFF", 4), P(mma_m16n8k32_e5m2, "rrrrrrFFFF", 4),
  P(shuffles, "rrr", 8), P(votes, "i", 6), ONE_WARP(ldmatrix, "rrrr", 14), ONE_WARP(stmatrix, "rrrr", 8), ONE_WARP(movmatrix, "r", 1),
  GROUP(wgmma_f16_none, "H", 8), GROUP(wgmma_f16_32, "H", 8), GROUP(wgmma_f16_64, "H", 8), GROUP(wgmma_f16_128, "H", 8),
  GROUP(wgmma_f16_128_mn, "H", 8), GROUP(wgmma_f16_none_mn, "H", 8), GROUP(wgmma_f16_rs, "H", 8), GROUP(wgmma_bf16_rs, "B", 8),
  GROUP(wgmma_f16_rs_mn, "H", 8), GROUP(wgmma_f16_negate, "H", 8), GROUP(wgmma_s8_128, "r", 8), GROUP(wgmma_u8s8_rs, "r", 8),
  GROUP(wgmma_b1_128, "r", 8), GROUP(wgmma_b1_rs, "r", 8), GROUP(wgmma_e4m3_128, "r", 8),
};

static void check(cudaError_t error, const char* what) {
  if (error != cudaSuccess) {
    fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(error));
    exit(1);
  }
}

int main() {
  cudaDeviceProp device;
  check(cudaGetDeviceProperties(&device, 0), "device");
  printf("gpu,%s\n", device.name);
  for (const Probe& p : probes) {
    int in = (int)strlen(p.kinds) * p.repeat, threads = p.smem ? 256 : 512;
    std::vector<u32> input((size_t)threads * in), output((size_t)threads * p.out);
    for (int t = 0; t < threads; t++) {
      int mood = p.smem ? t / 128 * 2 : t / 32 % 4;
      for (int w = 0; w < in; w++) input[(size_t)t * in + w] = word(p.kinds[w / p.repeat], mood);
    }
    u32 *x, *y;
    check(cudaMalloc(&x, input.size() * 4), p.name);
    check(cudaMalloc(&y, output.size() * 4), p.name);
    check(cudaMemcpy(x, input.data(), input.size() * 4, cudaMemcpyHostToDevice), p.name);
    check(cudaMemset(y, 0xcd, output.size() * 4), p.name);
    p.kernel<<<threads / p.block, p.block, p.smem>>>(x, y);
    check(cudaGetLastError(), p.name);
    check(cudaDeviceSynchronize(), p.name);
    check(cudaMemcpy(output.data(), y, output.size() * 4, cudaMemcpyDeviceToHost), p.name);
    printf("probe,%s,%d,%d,%d\n", p.name, in, p.out, p.block);
    for (int t = 0; t < threads; t++) {
      for (int w = 0; w < in; w++) printf("%x,", input[(size_t)t * in + w]);
      for (int w = 0; w < p.out; w++) printf(w + 1 < p.out ? "%x," : "%x\n", output[(size_t)t * p.out + w]);
    }
    check(cudaFree(x), p.name);
    check(cudaFree(y), p.name);
  }
  return 0;
}
