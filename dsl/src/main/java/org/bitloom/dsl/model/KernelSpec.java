package org.bitloom.dsl.model;

import java.util.List;

import org.bitloom.dsl.source.Span;

/**
 * A checked kernel: {@code y[m,n] = epilogue(sum over k of x[m,k] * w[n,k])}, and the ranges its schedules may take.
 *
 * @param y type of the result
 * @param x type of the activations
 * @param weights format of the weights
 * @param tileM batch columns of a thread block
 * @param tileN output features of a thread block
 * @param tileK input features of a pipeline stage
 * @param stages pipeline stages in flight
 * @param splitK thread blocks that share one output tile
 */
public record KernelSpec(String name, NumberType y, NumberType x, FormatSpec weights, Range tileM, Range tileN,
    Range tileK, Range stages, Range splitK, List<Epilogue> epilogue, Span span) {
  public KernelSpec {
    epilogue = List.copyOf(epilogue);
  }
}
