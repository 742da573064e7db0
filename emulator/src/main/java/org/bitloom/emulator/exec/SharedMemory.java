package org.bitloom.emulator.exec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

import org.bitloom.emulator.sanitize.FaultKind;
import org.bitloom.emulator.sanitize.RaceDetector;

/**
 * The shared memory of one CTA (PTX ISA 5.1.7). As on sm_90, its first 1024 bytes belong to the system, so that address 0
 * is never valid. Generic addresses of shared memory lie in a window of their own.
 */
final class SharedMemory {
  /** The first address that a kernel may use. */
  static final int START = 1024;
  /** Generic address of shared address 0. */
  static final long WINDOW = 1L << 32;
  /** Addresses of the cluster's shared memory hold the rank of a CTA, counted from 1, above these bits. */
  static final int RANK_SHIFT = 24;
  /** Bytes of the window: those of the CTA itself, then those of every CTA of a cluster. */
  private static final long WINDOW_BYTES = 32L << RANK_SHIFT;

  private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte POISON = (byte) 0xcd;

  final byte[] bytes;
  private final Cta cta;
  private final RaceDetector races;

  SharedMemory(Cta cta, int size, RaceDetector races) {
    this.cta = cta;
    this.bytes = new byte[size];
    this.races = races;
  }

  void reset() {
    Arrays.fill(bytes, POISON);
  }

  static boolean inWindow(long generic) {
    return generic >= WINDOW && generic < WINDOW + WINDOW_BYTES;
  }

  /** The address in the cluster (PTX ISA 9.7.9.23, mapa) of {@code address} in the CTA of rank {@code rank}. */
  static long ofRank(long rank, long address) {
    return (rank + 1) << RANK_SHIFT | (address & ((1L << RANK_SHIFT) - 1));
  }

  /** Checks a read and returns its offset. */
  int read(Warp w, int lane, long address, int size) {
    int at = reachable(w, lane, address, size, "read");
    RaceDetector.Finding finding = races.read(w.number, lane, at, size);
    if (finding != RaceDetector.Finding.NONE) {
      throw fault(w, lane, finding, "read", at, size);
    }
    return at;
  }

  /**
   * As {@link #read}, for asynchronous reads, whose byte counts say nothing of alignment.
   *
   * @param fenced from {@link org.bitloom.emulator.sanitize.WarpOrder#fenced} when the read was started
   */
  int readByProxy(Warp w, int lane, long address, int size, int[] fenced) {
    int at = reachable(w, lane, address, size, 1, "read");
    RaceDetector.Finding finding = races.readByProxy(w.number, lane, at, size, fenced);
    if (finding != RaceDetector.Finding.NONE) {
      throw fault(w, lane, finding, "read", at, size);
    }
    return at;
  }

  /** Checks reads of {@code size} bytes by {@code lanes}; their offsets go to {@code offsets}. */
  void readLanes(Warp w, int lanes, LaneAddress address, int size, int[] offsets) {
    reachableLanes(w, lanes, address, size, offsets, "read");
    int bad = races.readLanes(w.number, lanes, offsets, size);
    if (bad >= 0) {
      throw fault(w, bad, races.found(), "read", offsets[bad], size);
    }
  }

  /** As {@link #readLanes}, for writes. */
  void writeLanes(Warp w, int lanes, LaneAddress address, int size, int[] offsets) {
    reachableLanes(w, lanes, address, size, offsets, "write");
    int bad = races.writeLanes(w.number, lanes, offsets, size, w.instruction());
    if (bad >= 0) {
      throw fault(w, bad, races.found(), "write", offsets[bad], size);
    }
  }

  private void reachableLanes(Warp w, int lanes, LaneAddress address, int size, int[] offsets, String verb) {
    for (int m = lanes; m != 0; m &= m - 1) {
      int l = Integer.numberOfTrailingZeros(m);
      offsets[l] = reachable(w, l, address.of(w, l), size, size, verb);
    }
  }

  /** Checks a write and returns its offset. */
  int write(Warp w, int lane, long address, int size) {
    int at = reachable(w, lane, address, size, "write");
    RaceDetector.Finding finding = races.write(w.number, lane, at, size, w.instruction());
    if (finding != RaceDetector.Finding.NONE) {
      throw fault(w, lane, finding, "write", at, size);
    }
    return at;
  }

  /** Checks an atomic operation and returns its offset. */
  int atomic(Warp w, int lane, long address, int size) {
    int at = reachable(w, lane, address, size, "atomic operation");
    RaceDetector.Finding finding = races.atomic(w.number, lane, at, size, w.instruction());
    if (finding != RaceDetector.Finding.NONE) {
      throw fault(w, lane, finding, "atomic operation", at, size);
    }
    return at;
  }

  /** Checks the destination of an asynchronous copy that starts, and returns its offset. */
  int startCopy(Warp w, int lane, long address, int size, int alignment) {
    int at = reachable(w, lane, address, size, alignment, "copy");
    RaceDetector.Finding finding = races.startCopy(w.number, lane, at, size);
    if (finding != RaceDetector.Finding.NONE) {
      throw fault(w, lane, finding, "copy", at, size);
    }
    return at;
  }

  /** An asynchronous copy has arrived. */
  void endCopy(int warp, int lane, int at, int size, int instruction) {
    races.endCopy(warp, lane, at, size, instruction);
  }

  /** Checks bounds and alignment alone. */
  int reachable(Warp w, int lane, long address, int size, String verb) {
    return reachable(w, lane, address, size, size, verb);
  }

  /** The address within its CTA of an address of the CTA or of its cluster. */
  private long own(long address) {
    return address >>> RANK_SHIFT == cta.rank + 1L ? address & (1L << RANK_SHIFT) - 1 : address;
  }

  private int reachable(Warp w, int lane, long given, int size, int alignment, String verb) {
    long address = own(given);
    if (address < START || address + size > bytes.length) {
      throw w.fault(FaultKind.OUT_OF_BOUNDS, lane, verb + " of " + size + " bytes at " + place(address));
    }
    if ((address & alignment - 1) != 0) {
      throw w.fault(FaultKind.MISALIGNED, lane, verb + " of " + size + " bytes at " + place(address));
    }
    return (int) address;
  }

  private String place(long address) {
    return "byte " + (address - START) + " of " + (bytes.length - START) + " bytes of shared memory";
  }

  private RuntimeException fault(Warp w, int lane, RaceDetector.Finding finding, String verb, int at, int size) {
    String what = verb + " of " + size + " bytes at " + place(at);
    return switch (finding) {
      case UNWRITTEN -> w.fault(FaultKind.UNWRITTEN_READ, lane, what);
      case COPY_IN_FLIGHT -> w.fault(FaultKind.COPY_IN_FLIGHT, lane, what + ", to which a copy is in flight");
      case RACE_WITH_WRITE -> w.fault(FaultKind.SHARED_RACE, lane,
          what + " and a write by " + opponent(w) + " at " + w.lineOf(races.opponentInstruction())
              + " are not ordered by a barrier");
      case RACE_WITH_READ -> w.fault(FaultKind.SHARED_RACE, lane,
          what + " and a read by " + opponent(w) + " are not ordered by a barrier");
      case UNFENCED -> w.fault(FaultKind.UNFENCED_WRITE, lane,
          "asynchronous " + what + " and a write by " + opponent(w) + " at " + w.lineOf(races.opponentInstruction())
              + " have no fence.proxy.async between them");
      case NONE -> new IllegalStateException("no fault");
    };
  }

  private String opponent(Warp w) {
    int lane = races.opponentLane();
    int warps = cta.warps.length;
    int warp = races.opponentWarp();
    String of = warp == cta.cluster.copyEngine()
        ? "a copy"
        : "warp " + warp % warps + (warp / warps == w.cta.rank ? "" : " of the CTA of rank " + warp / warps);
    return lane >= 0 ? "lane " + lane + " of " + of : of;
  }

  int get8(int at) {
    return bytes[at] & 0xff;
  }

  int get16(int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  int get32(int at) {
    return get32(bytes, at);
  }

  static int get32(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  long get64(int at) {
    return (long) LONG.get(bytes, at);
  }

  void put8(int at, int value) {
    bytes[at] = (byte) value;
  }

  void put16(int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  void put32(int at, int value) {
    INT.set(bytes, at, value);
  }

  void put64(int at, long value) {
    LONG.set(bytes, at, value);
  }
}
