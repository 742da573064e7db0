package org.bitloom.emulator.exec;

import java.util.List;

import org.bitloom.emulator.ptx.Statement.Instruction;

/**
 * A decoded kernel. Registers are rows of 32 lanes: 32-bit (and narrower) registers are {@code int} rows, 64-bit ones
 * {@code long} rows, predicates one bit a lane. Constants and special registers are rows too, filled when a warp starts.
 *
 * @param granuleShift log2 of the bytes of the narrowest access to shared memory
 * @param cluster the blocks of a cluster; one where the kernel asks for none
 */
public record Program(String kernel, Code code, List<Instruction> source, int intRows,
    int longRows, int predicates, List<IntConstant> intConstants, List<LongConstant> longConstants,
    List<SpecialRow> specials, int staticSharedBytes, int dynamicSharedStart, int parameterBytes, int localBytes,
    int granuleShift, Grid.Dim cluster) {
  /** A row that holds one number in all lanes. */
  public record IntConstant(int row, int value) {
  }

  /** A row that holds one number in all lanes. */
  public record LongConstant(int row, long value) {
  }

  /** A row that holds a special register. */
  public record SpecialRow(int row, Special special) {
  }

  /** Special registers that never change while a warp runs (PTX ISA 10). */
  public enum Special {
    TID_X, TID_Y, TID_Z, NTID_X, NTID_Y, NTID_Z, CTAID_X, CTAID_Y, CTAID_Z, NCTAID_X, NCTAID_Y, NCTAID_Z, LANEID, WARPID, NWARPID, SMID, NSMID, GRIDID, LANEMASK_EQ, LANEMASK_LT, LANEMASK_LE, LANEMASK_GT, LANEMASK_GE, DYNAMIC_SMEM_SIZE, TOTAL_SMEM_SIZE, CLUSTER_CTARANK, CLUSTER_NCTARANK, CLUSTER_CTAID_X, CLUSTER_CTAID_Y, CLUSTER_CTAID_Z, CLUSTER_NCTAID_X, CLUSTER_NCTAID_Y, CLUSTER_NCTAID_Z, CLUSTERID_X, CLUSTERID_Y, CLUSTERID_Z, NCLUSTERID_X, NCLUSTERID_Y, NCLUSTERID_Z
  }
}
