package org.bitloom.codegen.cuda;

import org.bitloom.codegen.ir.Stage;

/**
 * Emits the end of a warpgroup kernel: the sums over split-K blocks, in order, and the store of y[m][n] from registers. Blocks that
 * share the k of their rows are a cluster. Each adds up a share of the fragments that all of them have totals of; the others send it
 * theirs, to the slots of its ring that are free first.
 */
final class WarpgroupReduceEmitter {
  private WarpgroupReduceEmitter() {
  }

  static StagePart splits() {
    return StagePart.empty()
        .constants(
            """
                constexpr int kFragments = kRowTiles * kBatchTiles;         // of 64 rows and 8 columns that a warpgroup totals
                constexpr int kShare = (kFragments + kSplit - 1) / kSplit;  // of them that a block adds up and stores, at most
                constexpr int kFragmentBytes = 128 * kWarpgroups * 16;      // 16 bytes of each thread
                constexpr int kFragmentsOfSlot = kActivationBytes / kFragmentBytes < 1 ? 1 : kActivationBytes / kFragmentBytes;
                constexpr int kSlotsReceiving = ((kSplit - 1) * kShare + kFragmentsOfSlot - 1) / kFragmentsOfSlot;
                static_assert(kSplit == 1 || kFragmentBytes <= kActivationBytes && kSlotsReceiving <= kStages);
                """)
        .functions(
            """
                // Fragments that a block adds up: its rank in the cluster, and every kSplit-th after that.
                __device__ __forceinline__ int share_of(int rank) { return (kFragments - rank + kSplit - 1) / kSplit; }

                // Where a block of the cluster receives the i-th fragment of its `sender`-th other block: in slots of activations, from the one
                // on that it would have filled next.
                __device__ __forceinline__ u32 room(u32 activations, const Place& at, int rank, int sender, int i) {
                  const u32 stages = (at.units + kUnitsPerStage - 1) / kUnitsPerStage;
                  const u32 next = stages * (rank + 1) / kSplit - stages * rank / kSplit;
                  const u32 fragment = sender * kShare + i;
                  return activations + (next + fragment / kFragmentsOfSlot) % kStages * kActivationBytes
                      + fragment % kFragmentsOfSlot * kFragmentBytes;
                }

                // Tells the other blocks of the cluster when these slots are free.
                __device__ __forceinline__ void make_room(u32 emptied, u32 cleared, const Place& at, int rank, Turn turn) {
                  wait_for_cluster();  // their barriers are there
                  for (int i = 0; i < kSlotsReceiving && at.first_stage < at.end_stage; ++i) {
                    wait_phase(emptied + 8 * turn.slot, turn.parity ^ 1);
                    turn.advance();
                  }
                  const int thread = threadIdx.x % 128;
                  if (thread < kSplit && thread != rank) {
                    arrive_in_block(address_in_block(cleared, thread));
                  }
                }

                // Adds up the totals of the blocks of the cluster, in the order of k, for the fragments of this block. Others send theirs as
                // threads hold them, 16 bytes each, and count them at the barrier `complete`.
                __device__ __forceinline__ void add_splits(u32 activations, u32 complete, u32 cleared, const Place& at, int rank,
                    const float (&total)[kRowTiles][kBatchTiles][4], float (&result)[kShare][4]) {
                  const u32 own = activations + threadIdx.x * 16;
                  wait_for_cluster();  // long there: each thread that arrives at this barrier waits at it, too
                  wait_phase(cleared, 0);  // and so for kernels before this one, also where this block has no stage
                #pragma unroll
                  for (int s = 0; s < kSplit; ++s) {
                    if (s != rank) {
                      const u32 complete_there = address_in_block(complete, s);
                #pragma unroll
                      for (int f = s; f < kFragments; f += kSplit) {
                        const u32 to = room(own, at, s, s < rank ? rank - 1 : rank, f / kSplit);
                        send_4(address_in_block(to, s), total[f / kBatchTiles][f % kBatchTiles], complete_there);
                      }
                    }
                  }
                  wait_phase(complete, 0);
                #pragma unroll
                  for (int i = 0; i < kShare; ++i) {
                    if (kFragments % kSplit == 0 || rank + i * kSplit < kFragments) {
                      u32 v[kSplit][4];
                #pragma unroll
                      for (int s = 0; s < kSplit - 1; ++s) {
                        load_shared_4(room(own, at, rank, s, i), v[s]);
                      }
                #pragma unroll
                      for (int e = 0; e < 4; ++e) {
                #pragma unroll
                        for (int s = 0; s < kSplit; ++s) {
                          const int f = min(i * kSplit + s, kFragments - 1);
                          float part = total[f / kBatchTiles][f % kBatchTiles][e];  // of this block, if s is its rank
                          if (s > 0) {
                            part = s > rank ? __uint_as_float(v[s - 1][e]) : part;
                          }
                          if (s < kSplit - 1) {
                            part = s < rank ? __uint_as_float(v[s][e]) : part;
                          }
                          result[i][e] = s == 0 ? part : result[i][e] + part;
                        }
                      }
                    }
                  }
                }
                """)
        .rings(
            """
                // Of a cluster: a barrier that counts bytes of totals of the other blocks, and one that counts blocks that have room for them.
                const u32 complete = emptied + 8 * kStages;
                const u32 cleared = complete + 8;
                const int rank = kSplit > 1 ? blockIdx.y : 0;
                """)
        .setup("""
            if (kSplit > 1) {
              init_barrier(cleared, kSplit - 1);
              init_barrier(complete, 1);
              arrive_and_expect(complete, (kSplit - 1) * share_of(rank) * kFragmentBytes);
            }
            """)
        .finish("""
            float result[kShare][4];
            if (kSplit > 1) {
              add_splits(activations, complete, cleared, at, rank, total, result);
            } else {
            #pragma unroll
              for (int i = 0; i < kShare; ++i) {
            #pragma unroll
                for (int e = 0; e < 4; ++e) {
                  result[i][e] = total[i / kBatchTiles][i % kBatchTiles][e];
                }
              }
            }
            """);
  }

  static StagePart store(Stage.StoreTile stage) {
    return StagePart.empty()
        .functions(StoreTileEmitter.functions(stage))
        .finish(
            """
                #pragma unroll
                for (int i = 0; i < kShare; ++i) {
                  const int fragment = rank + i * kSplit;
                  const int r = fragment / kBatchTiles;
                #pragma unroll
                  for (int e = 0; e < 4; ++e) {
                    const int row = at.first_row(r) + at.lane / 4 + 8 * (e / 2);
                    const int column = fragment %% kBatchTiles * 8 + at.lane %% 4 * 2 + e %% 2;
                    if ((kFragments %% kSplit == 0 || fragment < kFragments) && at.has(r) && row < n && column < at.columns) {
                      float v = result[i][e];
                %s      y[static_cast<u64>(at.first_column + column) * n + row] = %s(v);
                    }
                  }
                }
                if (kSplit > 1) {
                  break;  // a cluster goes along k once
                }
                """
                .formatted(Text.indent(6, StoreTileEmitter.steps(stage)), StoreTileEmitter.conversion(stage)));
  }
}
