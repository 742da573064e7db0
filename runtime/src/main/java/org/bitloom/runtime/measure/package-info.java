/**
 * Measures GPU work the way every figure of Bitloom is measured: CUDA graphs of many launches over rotating copies,
 * replayed between events, medians; beside it the read floor and FP16 cuBLAS, so that both sides come from one run.
 */
package org.bitloom.runtime.measure;
