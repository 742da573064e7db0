package org.bitloom.emulator.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Immediate post-dominators of instructions: where lanes that part at a branch meet again (Cooper, Harvey, Kennedy 2001). */
final class FlowGraph {
  private final List<List<Integer>> successors;
  private final int end;

  /** @param successors for each instruction the ones that may follow it; its size stands for the end */
  FlowGraph(List<List<Integer>> successors) {
    this.successors = successors;
    this.end = successors.size();
  }

  /** For each instruction its immediate post-dominator; the end where there is none. */
  int[] postDominators() {
    int[] order = backwardPostOrder();
    int[] rank = new int[end + 1];
    Arrays.fill(rank, -1);
    for (int i = 0; i < order.length; i++) {
      rank[order[i]] = i;
    }
    int[] dominator = new int[end + 1];
    Arrays.fill(dominator, -1);
    dominator[end] = end;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int node : order) {
        if (node == end) {
          continue;
        }
        int found = -1;
        for (int s : successors.get(node)) {
          if (dominator[s] >= 0) {
            found = found < 0 ? s : meet(found, s, dominator, rank);
          }
        }
        if (found != dominator[node]) {
          dominator[node] = found;
          changed = true;
        }
      }
    }
    int[] result = Arrays.copyOf(dominator, end);
    for (int i = 0; i < end; i++) {
      if (result[i] < 0) {
        result[i] = end;
      }
    }
    return result;
  }

  private static int meet(int a, int b, int[] dominator, int[] rank) {
    int x = a;
    int y = b;
    while (x != y) {
      while (rank[x] > rank[y]) {
        x = dominator[x];
      }
      while (rank[y] > rank[x]) {
        y = dominator[y];
      }
    }
    return x;
  }

  /** Nodes that reach the end, the end first, each after some node that follows it. */
  private int[] backwardPostOrder() {
    List<List<Integer>> predecessors = new ArrayList<>();
    for (int i = 0; i <= end; i++) {
      predecessors.add(new ArrayList<>());
    }
    for (int i = 0; i < end; i++) {
      for (int s : successors.get(i)) {
        predecessors.get(s).add(i);
      }
    }
    int[] post = new int[end + 1];
    int count = 0;
    boolean[] seen = new boolean[end + 1];
    int[] stack = new int[end + 2];
    int[] child = new int[end + 2];
    int depth = 0;
    stack[0] = end;
    seen[end] = true;
    while (depth >= 0) {
      int node = stack[depth];
      if (child[depth] < predecessors.get(node).size()) {
        int next = predecessors.get(node).get(child[depth]++);
        if (!seen[next]) {
          seen[next] = true;
          depth++;
          stack[depth] = next;
          child[depth] = 0;
        }
      } else {
        post[count++] = node;
        depth--;
      }
    }
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = post[count - 1 - i];
    }
    return order;
  }
}
