package org.bitloom.emulator.exec;

import java.util.Arrays;
import java.util.List;

import org.bitloom.emulator.memory.Allocation;
import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.KernelFault;

/**
 * The registers and the control state of one warp. Lanes that took different ways at a branch run one after the other and
 * meet again at the branch's immediate post-dominator.
 */
public final class Warp {
  /** Lanes of a warp. */
  public static final int LANES = 32;
  /** All lanes. */
  public static final int ALL = -1;

  /** What a warp waits for. */
  enum State {
    RUNNING, AT_BARRIER, YIELDED, DONE
  }

  final Cta cta;
  final int index;
  /** Its number in the cluster. */
  final int number;
  final int[][] r;
  final long[][] d;
  final int[] p;
  final int[] carry = new int[LANES];
  final int[] intScratch = new int[LANES];
  final long[] longScratch = new long[LANES];
  final byte[] local;
  final AsyncCopies copies;
  final BulkStores stores;
  final AsyncProducts products;
  final MmaTile tile = new MmaTile();

  /** Lanes that execute the current instruction. */
  int mask;
  /** Lanes on the current path. */
  int active;
  /** Lanes that have not exited. */
  int live;
  /** Whether earlier launches may still run, as far as this warp was seen to know. */
  private boolean early;
  int pc;
  State state = State.DONE;
  long executed;
  long threadInstructions;

  private final Program program;
  private int reconverge;
  private int depth;
  private int[] stackPc = new int[16];
  private int[] stackReconverge = new int[16];
  private int[] stackMask = new int[16];
  private int current;

  Warp(Cta cta, int index) {
    this.cta = cta;
    this.index = index;
    this.number = cta.rank * cta.grid.warps() + index;
    this.program = cta.grid.program();
    this.r = new int[program.intRows()][];
    Arrays.setAll(r, i -> new int[LANES]);
    this.d = new long[program.longRows()][];
    Arrays.setAll(d, i -> new long[LANES]);
    this.p = new int[program.predicates()];
    this.local = new byte[program.localBytes() * LANES];
    this.copies = new AsyncCopies(this);
    this.stores = new BulkStores(this);
    this.products = new AsyncProducts(this, program.intRows());
  }

  void start() {
    int threads = Math.min(LANES, cta.grid.block().count() - index * LANES);
    live = threads == LANES ? ALL : (1 << threads) - 1;
    early = cta.grid.start() instanceof Start.Early;
    active = live;
    pc = 0;
    reconverge = program.code().size();
    depth = 0;
    state = State.RUNNING;
    Arrays.fill(p, 0);
    copies.clear();
    stores.clear();
    products.clear();
    for (Program.IntConstant c : program.intConstants()) {
      Arrays.fill(r[c.row()], c.value());
    }
    for (Program.LongConstant c : program.longConstants()) {
      Arrays.fill(d[c.row()], c.value());
    }
    for (Program.SpecialRow s : program.specials()) {
      cta.fillSpecial(s.special(), index, r[s.row()]);
    }
  }

  /** Runs until the warp waits, is done, or has executed {@code budget} instructions. */
  void run(int budget) {
    Op[] code = program.code().ops;
    int[] guards = program.code().guards;
    int left = budget;
    long threads = 0;
    while (state == State.RUNNING && left > 0) {
      if (pc == reconverge) {
        pop();
        continue;
      }
      left--;
      current = pc;
      int guard = guards[pc];
      int m = active;
      if (guard >= 0) {
        m &= p[guard >> 1] ^ -(guard & 1);
      }
      Op op = code[pc++];
      if (m == 0) {
        continue;
      }
      mask = m;
      threads += Integer.bitCount(m);
      op.run(this);
    }
    executed += budget - left;
    threadInstructions += threads;
  }

  /** Lanes of {@link #mask} go to {@code target}, the others of the path on to the next instruction. */
  void branch(int target) {
    int others = active & ~mask;
    if (others == 0) {
      pc = target;
      return;
    }
    int meet = program.code().meets[current];
    if (meet != reconverge) {
      push(meet, reconverge, active);
    }
    int next = pc;
    if (target == meet) {
      active = others;
    } else {
      if (next != meet) {
        push(next, meet, others);
      }
      active = mask;
      pc = target;
    }
    reconverge = meet;
  }

  /** Every lane goes to its own target, {@code brx.idx}. */
  void branch(int[] targets) {
    int meet = program.code().meets[current];
    if (meet != reconverge) {
      push(meet, reconverge, active);
    }
    if (active != mask) {
      push(pc, meet, active & ~mask);
    }
    int left = mask;
    while (left != 0) {
      int target = targets[Integer.numberOfTrailingZeros(left)];
      int group = 0;
      for (int l = 0; l < LANES; l++) {
        if ((left >> l & 1) != 0 && targets[l] == target) {
          group |= 1 << l;
        }
      }
      left &= ~group;
      if (target != meet) {
        push(target, meet, group);
      }
    }
    reconverge = meet;
    pc = meet;
  }

  private void push(int atPc, int meet, int lanes) {
    if (depth == stackPc.length) {
      stackPc = Arrays.copyOf(stackPc, 2 * depth);
      stackReconverge = Arrays.copyOf(stackReconverge, 2 * depth);
      stackMask = Arrays.copyOf(stackMask, 2 * depth);
    }
    stackPc[depth] = atPc;
    stackReconverge[depth] = meet;
    stackMask[depth] = lanes;
    depth++;
  }

  private void pop() {
    do {
      if (depth == 0) {
        if (live == 0) {
          state = State.DONE;
          cta.warpDone(this);
          return;
        }
        throw fault(FaultKind.HANG, Integer.numberOfTrailingZeros(live), "the kernel's text ends without an exit");
      }
      depth--;
      pc = stackPc[depth];
      reconverge = stackReconverge[depth];
      active = stackMask[depth] & live;
    } while (active == 0);
  }

  /** The lanes of {@link #mask} are done. */
  void exit() {
    stores.finish();
    live &= ~mask;
    active &= ~mask;
    if (active == 0) {
      pop();
    }
  }

  /** Copies the lanes of {@link #mask} from the scratch row. */
  void commitInts(int row) {
    int[] to = r[row];
    for (int m = mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      to[l] = intScratch[l];
    }
  }

  /** Copies the lanes of {@link #mask} from the scratch row. */
  void commitLongs(int row) {
    long[] to = d[row];
    for (int m = mask; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      to[l] = longScratch[l];
    }
  }

  /** Sets the lanes of {@link #mask} of a predicate. */
  void setPredicate(int index, int bits) {
    p[index] = (p[index] & ~mask) | (bits & mask);
  }

  /** The block whose shared memory holds {@code address}, in the window of the block or that of its cluster. */
  Cta holder(long address) {
    int rank = (int) Math.min(address >>> SharedMemory.RANK_SHIFT, Integer.MAX_VALUE) - 1;
    if (rank < 0 || rank >= cta.cluster.ctas.size()) {
      return cta;
    }
    Cta other = cta.cluster.ctas.get(rank);
    if (other.liveWarps() == 0) {
      throw fault(FaultKind.OUT_OF_BOUNDS, -1, "the CTA of rank " + rank + ", whose shared memory is used, has exited");
    }
    return other;
  }

  /** The buffer that {@code lane} may read {@code size} bytes of at {@code address}. */
  Allocation readable(long address, int size, int lane) {
    Allocation a = reachable(address, size, lane, "read");
    if (!a.written(address - a.base(), size)) {
      throw fault(FaultKind.UNWRITTEN_READ, lane, size + " bytes at " + place(a, address));
    }
    return a;
  }

  /** As {@link #readable}, for byte counts that say nothing of alignment. */
  Allocation readableBytes(long address, int size, int lane) {
    Allocation a = reachable(address, size, 1, lane, "read");
    if (a.firstUnwritten(address - a.base(), size) >= 0) {
      throw fault(FaultKind.UNWRITTEN_READ, lane, size + " bytes at " + place(a, address));
    }
    return a;
  }

  /** The buffer that {@code lane} may write {@code size} bytes of at {@code address}; they count as written. */
  Allocation writable(long address, int size, int lane) {
    return checkedWritable(reachable(address, size, lane, "write"), address, size, lane);
  }

  private Allocation checkedWritable(Allocation a, long address, int size, int lane) {
    if (a.access() == Allocation.Access.READ_ONLY) {
      throw fault(FaultKind.READ_ONLY, lane, size + " bytes at " + place(a, address));
    }
    if (!cta.grid.outputs().isEmpty() && a.access() != Allocation.Access.MODULE_VARIABLE) {
      checkOutput(a, address, size, lane);
    }
    a.markWritten(address - a.base(), size);
    return a;
  }

  /** As {@link #writable}, for byte counts that say nothing of alignment. */
  Allocation writableBytes(long address, int size, int lane) {
    return checkedWritable(reachable(address, size, 1, lane, "write"), address, size, lane);
  }

  private void checkOutput(Allocation a, long address, int size, int lane) {
    for (Grid.Range range : cta.grid.outputs()) {
      if (range.holds(address, size)) {
        return;
      }
    }
    throw fault(FaultKind.OUTSIDE_OUTPUT, lane, size + " bytes at " + place(a, address));
  }

  private Allocation reachable(long address, int size, int lane, String verb) {
    return reachable(address, size, size, lane, verb);
  }

  private Allocation reachable(long address, int size, int alignment, int lane, String verb) {
    Allocation a = cta.grid.memory().at(address);
    long offset = address - a.base();
    if (offset < 0 || offset + size > a.bytes()) {
      throw fault(FaultKind.OUT_OF_BOUNDS, lane, verb + " of " + size + " bytes at " + place(a, address));
    }
    if ((offset & alignment - 1) != 0) {
      throw fault(FaultKind.MISALIGNED, lane, verb + " of " + size + " bytes at " + place(a, address));
    }
    if (early) {
      requireSettled(a, address, size, lane, verb);
    }
    return a;
  }

  private void requireSettled(Allocation a, long address, int size, int lane, String verb) {
    early = !cta.order.behindEarlierLaunches(number);
    if (early && a.access() == Allocation.Access.READ_WRITE
        && cta.grid.start() instanceof Start.Early(List<Grid.Range> settled)
        && settled.stream().noneMatch(range -> range.holds(address, size))) {
      throw fault(FaultKind.EARLY_ACCESS, lane, verb + " of " + size + " bytes at " + place(a, address));
    }
  }

  private static String place(Allocation a, long address) {
    return a.bytes() == 0 && a.base() == 0
        ? "0x" + Long.toHexString(address) + ", which is in no buffer"
        : "byte " + (address - a.base()) + " of '" + a.name() + "' (" + a.bytes() + " bytes)";
  }

  /** A fault of {@code lane} at the current instruction; lane -1 stands for the whole warp. */
  KernelFault fault(FaultKind kind, int lane, String detail) {
    return fault(kind, lane, detail, current);
  }

  private KernelFault fault(FaultKind kind, int lane, String detail, int at) {
    var instruction = program.source().get(Math.min(at, program.source().size() - 1));
    return new KernelFault(kind, program.kernel(), place(lane), instruction.line(), instruction.text(), detail);
  }

  private String place(int lane) {
    String warp = "warp " + index + " of CTA (" + cta.x + ", " + cta.y + ", " + cta.z + ")";
    String where = lane < 0 ? warp : "thread " + cta.thread(index * LANES + lane) + ", lane " + lane + " of " + warp;
    return where + ", in " + cta.grid.order();
  }

  /** Does what instruction {@code index} deferred; faults count as that instruction's. */
  void runAs(int index, Runnable deferred) {
    int now = current;
    current = index;
    deferred.run();
    current = now;
  }

  /** The index of the current instruction. */
  int instruction() {
    return current;
  }

  /** The CUDA line of instruction {@code index}. */
  String lineOf(int index) {
    return program.source().get(index).line().toString();
  }

  /** Where the warp stands, for reports of deadlocks. */
  String standing() {
    var instruction = program.source().get(Math.min(current, program.source().size() - 1));
    return "warp " + index + " " + state + " at " + instruction.line() + " in " + instruction.text();
  }
}
