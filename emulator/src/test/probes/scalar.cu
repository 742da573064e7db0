// Scalar probes: every thread reads its own input words and writes its own result words.
// Header-free, so that NVRTC compiles the very same text for the emulator. in[thread][IN], out[thread][OUT], 32-bit words.
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned long long u64;

#define PROBE(NAME, IN, OUT, ...) \
  extern "C" __global__ void NAME(const u32* in, u32* out) { \
    u32 thread = blockIdx.x * blockDim.x + threadIdx.x; \
    u32 i[IN], o[OUT]; \
    for (int w = 0; w < IN; w++) i[w] = in[thread * IN + w]; \
    { __VA_ARGS__ } \
    for (int w = 0; w < OUT; w++) out[thread * OUT + w] = o[w]; \
  }

// o[O] = op(i[0..]); operands are 32-bit registers
#define U1(O, OP) asm volatile(OP " %0, %1;" : "=r"(o[O]) : "r"(i[0]));
#define U2(O, OP) asm volatile(OP " %0, %1, %2;" : "=r"(o[O]) : "r"(i[0]), "r"(i[1]));
#define U3(O, OP) asm volatile(OP " %0, %1, %2, %3;" : "=r"(o[O]) : "r"(i[0]), "r"(i[1]), "r"(i[2]));
#define F1(O, OP) asm volatile(OP " %0, %1;" : "=r"(o[O]) : "r"(i[0]));
// 16-bit operands: low halves of the inputs
#define H1(O, OP) asm volatile("{ .reg .b16 a, d; mov.b32 {a, _}, %1; " OP " d, a; mov.b32 %0, {d, d}; }" : "=r"(o[O]) : "r"(i[0]));
#define H2(O, OP) asm volatile("{ .reg .b16 a, b, d; mov.b32 {a, _}, %1; mov.b32 {b, _}, %2; " OP " d, a, b; mov.b32 %0, {d, d}; }" \
  : "=r"(o[O]) : "r"(i[0]), "r"(i[1]));
#define H3(O, OP) asm volatile("{ .reg .b16 a, b, c, d; mov.b32 {a, _}, %1; mov.b32 {b, _}, %2; mov.b32 {c, _}, %3; " OP \
  " d, a, b, c; mov.b32 %0, {d, d}; }" : "=r"(o[O]) : "r"(i[0]), "r"(i[1]), "r"(i[2]));
// conversions between 16- and 32-bit registers
#define NARROW(O, OP) asm volatile("{ .reg .b16 d; " OP " d, %1; mov.b32 %0, {d, d}; }" : "=r"(o[O]) : "r"(i[0]));
#define WIDEN(O, OP) asm volatile("{ .reg .b16 a; mov.b32 {a, _}, %1; " OP " %0, a; }" : "=r"(o[O]) : "r"(i[0]));

PROBE(cvt_f32_to_f16, 1, 4, NARROW(0, "cvt.rn.f16.f32") NARROW(1, "cvt.rz.f16.f32") NARROW(2, "cvt.rn.ftz.f16.f32")
  NARROW(3, "cvt.rn.relu.f16.f32"))
PROBE(cvt_f32_to_bf16, 1, 3, NARROW(0, "cvt.rn.bf16.f32") NARROW(1, "cvt.rz.bf16.f32") NARROW(2, "cvt.rn.relu.bf16.f32"))
PROBE(cvt_to_f32, 1, 2, WIDEN(0, "cvt.f32.f16") WIDEN(1, "cvt.f32.bf16"))
PROBE(cvt_f32x2, 2, 8, U2(0, "cvt.rn.f16x2.f32") U2(1, "cvt.rz.f16x2.f32") U2(2, "cvt.rn.bf16x2.f32") U2(3, "cvt.rz.bf16x2.f32")
  U2(4, "cvt.rn.relu.f16x2.f32") U2(5, "cvt.rn.relu.bf16x2.f32")
  asm volatile("{ .reg .b16 d; cvt.rn.satfinite.e4m3x2.f32 d, %1, %2; mov.b32 %0, {d, d}; }" : "=r"(o[6]) : "r"(i[0]), "r"(i[1]));
  asm volatile("{ .reg .b16 d; cvt.rn.satfinite.e5m2x2.f32 d, %1, %2; mov.b32 %0, {d, d}; }" : "=r"(o[7]) : "r"(i[0]), "r"(i[1]));)
PROBE(cvt_fp8_to_f16x2, 1, 2, WIDEN(0, "cvt.rn.f16x2.e4m3x2") WIDEN(1, "cvt.rn.f16x2.e5m2x2"))
PROBE(cvt_f16x2_to_fp8, 1, 2, NARROW(0, "cvt.rn.satfinite.e4m3x2.f16x2") NARROW(1, "cvt.rn.satfinite.e5m2x2.f16x2"))
PROBE(cvt_f32_to_int, 1, 12, F1(0, "cvt.rni.s32.f32") F1(1, "cvt.rzi.s32.f32") F1(2, "cvt.rmi.s32.f32") F1(3, "cvt.rpi.s32.f32")
  F1(4, "cvt.rni.u32.f32") F1(5, "cvt.rzi.u32.f32") F1(6, "cvt.rmi.u32.f32") F1(7, "cvt.rpi.u32.f32")
  NARROW(8, "cvt.rzi.s16.f32") NARROW(9, "cvt.rzi.u16.f32") F1(10, "cvt.rzi.s8.f32") F1(11, "cvt.rzi.u8.f32"))
PROBE(cvt_f32_to_f32, 1, 6, F1(0, "cvt.rni.f32.f32") F1(1, "cvt.rzi.f32.f32") F1(2, "cvt.rmi.f32.f32") F1(3, "cvt.rpi.f32.f32")
  F1(4, "cvt.sat.f32.f32") F1(5, "cvt.ftz.f32.f32"))
PROBE(cvt_int_to_float, 1, 10, F1(0, "cvt.rn.f32.s32") F1(1, "cvt.rz.f32.s32") F1(2, "cvt.rm.f32.s32") F1(3, "cvt.rp.f32.s32")
  F1(4, "cvt.rn.f32.u32") F1(5, "cvt.rz.f32.u32") NARROW(6, "cvt.rn.f16.s32") NARROW(7, "cvt.rn.f16.u32")
  WIDEN(8, "cvt.rn.f32.s16") WIDEN(9, "cvt.rn.f32.u16"))
PROBE(cvt_f16_to_int, 1, 4, WIDEN(0, "cvt.rni.s32.f16") WIDEN(1, "cvt.rzi.s32.f16") WIDEN(2, "cvt.rzi.u32.f16") H1(3, "cvt.rni.s16.f16"))
PROBE(cvt_int_to_int, 1, 8, U1(0, "cvt.s32.s8") U1(1, "cvt.u32.u8") U1(2, "cvt.sat.s8.s32") U1(3, "cvt.sat.u8.s32")
  NARROW(4, "cvt.sat.s16.s32") NARROW(5, "cvt.sat.u16.u32") U1(6, "cvt.sat.u32.s32") U1(7, "cvt.sat.s32.u32"))
PROBE(f16_arithmetic, 3, 12, H2(0, "add.rn.f16") H2(1, "sub.rn.f16") H2(2, "mul.rn.f16") H3(3, "fma.rn.f16") H2(4, "min.f16")
  H2(5, "max.f16") H2(6, "min.NaN.f16") H2(7, "max.NaN.f16") H1(8, "neg.f16") H1(9, "abs.f16") H2(10, "add.rn.sat.f16")
  H3(11, "fma.rn.relu.f16"))
PROBE(f16x2_arithmetic, 3, 12, U2(0, "add.rn.f16x2") U2(1, "sub.rn.f16x2") U2(2, "mul.rn.f16x2") U3(3, "fma.rn.f16x2")
  U2(4, "min.f16x2") U2(5, "max.f16x2") U2(6, "min.NaN.f16x2") U2(7, "max.NaN.f16x2") U1(8, "neg.f16x2") U1(9, "abs.f16x2")
  U3(10, "fma.rn.ftz.f16x2") U3(11, "fma.rn.sat.f16x2"))
PROBE(bf16_arithmetic, 3, 8, H2(0, "add.rn.bf16") H2(1, "sub.rn.bf16") H2(2, "mul.rn.bf16") H3(3, "fma.rn.bf16") H2(4, "min.bf16")
  H2(5, "max.bf16") H1(6, "neg.bf16") H1(7, "abs.bf16"))
PROBE(bf16x2_arithmetic, 3, 9, U2(0, "add.rn.bf16x2") U2(1, "sub.rn.bf16x2") U2(2, "mul.rn.bf16x2") U3(3, "fma.rn.bf16x2")
  U2(4, "min.bf16x2") U2(5, "max.bf16x2") U1(6, "neg.bf16x2") U1(7, "abs.bf16x2") U3(8, "fma.rn.relu.bf16x2"))
PROBE(f32_arithmetic, 3, 14, U2(0, "add.rn.f32") U2(1, "sub.rn.f32") U2(2, "mul.rn.f32") U3(3, "fma.rn.f32") U2(4, "min.f32")
  U2(5, "max.f32") U2(6, "add.rz.f32") U2(7, "mul.rz.f32") U2(8, "add.ftz.f32") U2(9, "mul.ftz.f32") U3(10, "fma.rn.ftz.f32")
  U2(11, "div.rn.f32") U2(12, "add.sat.f32") U3(13, "fma.rz.f32"))
PROBE(f32_unary_exact, 1, 4, F1(0, "rcp.rn.f32") F1(1, "sqrt.rn.f32") F1(2, "neg.f32") F1(3, "abs.f32"))
PROBE(f32_approx, 1, 7, F1(0, "rcp.approx.ftz.f32") F1(1, "sqrt.approx.ftz.f32") F1(2, "rsqrt.approx.ftz.f32")
  F1(3, "lg2.approx.ftz.f32") F1(4, "ex2.approx.ftz.f32") F1(5, "tanh.approx.f32") F1(6, "rcp.approx.f32"))
PROBE(f32_approx_moderate, 1, 6, F1(0, "rcp.approx.ftz.f32") F1(1, "ex2.approx.ftz.f32") F1(2, "ex2.approx.f32") F1(3, "tanh.approx.f32")
  F1(4, "sin.approx.f32") F1(5, "cos.approx.f32"))
PROBE(f32_div_approx, 2, 2, U2(0, "div.approx.f32") U2(1, "div.full.f32"))
PROBE(f16x2_approx, 1, 4, U1(0, "ex2.approx.f16x2") U1(1, "tanh.approx.f16x2") U1(2, "ex2.approx.ftz.bf16x2") U1(3, "tanh.approx.bf16x2"))
PROBE(prmt_modes, 3, 7, U3(0, "prmt.b32") U3(1, "prmt.b32.f4e") U3(2, "prmt.b32.b4e") U3(3, "prmt.b32.rc8") U3(4, "prmt.b32.ecl")
  U3(5, "prmt.b32.ecr") U3(6, "prmt.b32.rc16"))
#define LOP(O, LUT) asm volatile("lop3.b32 %0, %1, %2, %3, " LUT ";" : "=r"(o[O]) : "r"(i[0]), "r"(i[1]), "r"(i[2]));
PROBE(lop3_tables, 3, 8, LOP(0, "0xEA") LOP(1, "0x6A") LOP(2, "0xE8") LOP(3, "0x96") LOP(4, "0xCA") LOP(5, "0x1B") LOP(6, "0x80") LOP(7, "0xFE"))
PROBE(funnel_shifts, 3, 4, U3(0, "shf.l.wrap.b32") U3(1, "shf.r.wrap.b32") U3(2, "shf.l.clamp.b32") U3(3, "shf.r.clamp.b32"))
PROBE(shifts, 2, 5, U2(0, "shl.b32") U2(1, "shr.u32") U2(2, "shr.s32")
  asm volatile("{ .reg .b16 a, d; mov.b32 {a, _}, %1; shr.s16 d, a, %2; mov.b32 %0, {d, d}; }" : "=r"(o[3]) : "r"(i[0]), "r"(i[1]));
  asm volatile("{ .reg .b16 a, d; mov.b32 {a, _}, %1; shl.b16 d, a, %2; mov.b32 %0, {d, d}; }" : "=r"(o[4]) : "r"(i[0]), "r"(i[1]));)
PROBE(shifts64, 3, 6,
  u64 a = i[0] | (u64)i[1] << 32; u64 r;
  asm volatile("shl.b64 %0, %1, %2;" : "=l"(r) : "l"(a), "r"(i[2])); o[0] = (u32)r; o[1] = (u32)(r >> 32);
  asm volatile("shr.u64 %0, %1, %2;" : "=l"(r) : "l"(a), "r"(i[2])); o[2] = (u32)r; o[3] = (u32)(r >> 32);
  asm volatile("shr.s64 %0, %1, %2;" : "=l"(r) : "l"(a), "r"(i[2])); o[4] = (u32)r; o[5] = (u32)(r >> 32);)
PROBE(bit_fields, 4, 3, U3(0, "bfe.u32") U3(1, "bfe.s32")
  asm volatile("bfi.b32 %0, %1, %2, %3, %4;" : "=r"(o[2]) : "r"(i[3]), "r"(i[0]), "r"(i[1]), "r"(i[2]));)
PROBE(bit_counts, 1, 7, U1(0, "popc.b32") U1(1, "clz.b32") U1(2, "brev.b32") U1(3, "bfind.u32") U1(4, "bfind.s32")
  U1(5, "bfind.shiftamt.u32") U1(6, "bfind.shiftamt.s32"))
PROBE(integer_arithmetic, 3, 16, U2(0, "mul.hi.s32") U2(1, "mul.hi.u32") U2(2, "div.s32") U2(3, "div.u32") U2(4, "rem.s32") U2(5, "rem.u32")
  U2(6, "add.sat.s32") U2(7, "sub.sat.s32") U3(8, "sad.s32") U3(9, "sad.u32") U3(10, "mad.hi.s32") U3(11, "mad.hi.u32")
  U2(12, "mul24.lo.s32") U2(13, "mul24.lo.u32") U1(14, "abs.s32") U2(15, "min.s32"))
PROBE(dot_products, 3, 6, U3(0, "dp4a.s32.s32") U3(1, "dp4a.u32.u32") U3(2, "dp4a.s32.u32") U3(3, "dp4a.u32.s32")
  U3(4, "dp2a.lo.s32.s32") U3(5, "dp2a.hi.s32.u32"))
PROBE(carries, 4, 4, asm volatile("{ add.cc.u32 %0, %4, %6; addc.u32 %1, %5, %7; sub.cc.u32 %2, %4, %6; subc.u32 %3, %5, %7; }"
  : "=&r"(o[0]), "=&r"(o[1]), "=&r"(o[2]), "=&r"(o[3]) : "r"(i[0]), "r"(i[1]), "r"(i[2]), "r"(i[3]));)
#define SET(O, OP) asm volatile("{ .reg .pred p; setp." OP " p, %1, %2; selp.u32 %0, 1, 0, p; }" : "=r"(o[O]) : "r"(i[0]), "r"(i[1]));
PROBE(float_compares, 2, 14, SET(0, "eq.f32") SET(1, "ne.f32") SET(2, "lt.f32") SET(3, "le.f32") SET(4, "gt.f32") SET(5, "ge.f32")
  SET(6, "equ.f32") SET(7, "neu.f32") SET(8, "ltu.f32") SET(9, "leu.f32") SET(10, "gtu.f32") SET(11, "geu.f32") SET(12, "num.f32") SET(13, "nan.f32"))
