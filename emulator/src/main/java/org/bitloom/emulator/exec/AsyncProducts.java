package org.bitloom.emulator.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;

/**
 * The wgmma products that one warp has issued and not waited for (PTX ISA 9.7.16). A product reads shared memory and
 * registers and writes accumulators when a wait asks for it and no sooner, and until then nobody may touch its
 * accumulators or write its registers of A; what other instructions touched, wgmma.fence must order first.
 */
final class AsyncProducts {
  private record Product(WarpgroupMmaOp.Issued work, int group, int instruction) {
  }

  private final Warp warp;
  private final List<Product> flying = new ArrayList<>();
  private final int[] accumulating;
  private final int[] feeding;
  private final boolean[] touched;
  private boolean anyFence;
  private int groups;

  AsyncProducts(Warp warp, int rows) {
    this.warp = warp;
    this.accumulating = new int[rows];
    this.feeding = new int[rows];
    this.touched = new boolean[rows];
  }

  void clear() {
    flying.clear();
    Arrays.fill(accumulating, 0);
    Arrays.fill(feeding, 0);
    Arrays.fill(touched, false);
    anyFence = false;
    groups = 0;
  }

  /** wgmma.fence: accesses so far come before the products that follow. */
  void fence() {
    anyFence = true;
    Arrays.fill(touched, false);
  }

  /** Another instruction is about to use these int rows, some of which it writes, and some of which need a fence then. */
  void touch(int[] used, int[] written, int[] fenced) {
    for (int row : used) {
      if (accumulating[row] != 0) {
        throw fault("an accumulator", row);
      }
    }
    for (int row : fenced) {
      touched[row] = true;
    }
    for (int row : written) {
      if (feeding[row] != 0) {
        throw fault("an operand", row);
      }
    }
  }

  private KernelFault fault(String role, int row) {
    Product product = flying.stream()
        .filter(p -> Arrays.stream(role.equals("an operand") ? p.work.operands() : p.work.accumulators())
            .anyMatch(r -> r == row))
        .findFirst().orElseThrow();
    return warp.fault(FaultKind.UNORDERED_REGISTER, -1,
        role + " of the product issued at " + warp.lineOf(product.instruction) + ", for which nobody waited");
  }

  /** A product is issued. */
  void issue(WarpgroupMmaOp.Issued work) {
    if (!anyFence) {
      throw warp.fault(FaultKind.UNORDERED_REGISTER, -1, "no wgmma.fence before the first product");
    }
    for (int row : work.accumulators()) {
      requireFenced(row);
      accumulating[row]++;
    }
    for (int row : work.operands()) {
      requireFenced(row);
      feeding[row]++;
    }
    flying.add(new Product(work, groups, warp.instruction()));
  }

  private void requireFenced(int row) {
    if (touched[row]) {
      throw warp.fault(FaultKind.UNORDERED_REGISTER, -1,
          "no wgmma.fence since another instruction used a register of the product");
    }
  }

  /** wgmma.commit_group. */
  void commit() {
    groups++;
  }

  /** wgmma.wait_group: at most {@code newest} groups stay in flight. */
  void waitGroups(int newest) {
    for (Iterator<Product> i = flying.iterator(); i.hasNext();) {
      Product product = i.next();
      if (product.group < groups - newest) {
        warp.runAs(product.instruction, product.work::happen);
        for (int row : product.work.accumulators()) {
          accumulating[row]--;
        }
        for (int row : product.work.operands()) {
          feeding[row]--;
        }
        i.remove();
      }
    }
  }
}
