package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.exec.BulkCopyOps;
import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.MemoryBarrierOp;
import org.bitloom.emulator.exec.MemoryBarrierOp.Kind;
import org.bitloom.emulator.exec.MixedLanesOp;
import org.bitloom.emulator.exec.MixedLanesOp.Row;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.Space;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** mbarrier and the bulk copies that use it (PTX ISA 9.7.13.15, 9.7.9.25.4). */
final class MemoryBarrierDecoder implements InstructionDecoder {
  private static final Set<String> KNOWN = Set.of("init", "inval", "expect_tx", "arrive", "test_wait", "try_wait",
      "parity",
      "shared", "shared::cta", "shared::cluster", "release", "acquire", "relaxed", "cta", "cluster", "noinc", "async",
      "mbarrier");
  private static final Set<String> KNOWN_BULK = Set.of("async", "bulk", "shared::cluster", "shared::cta", "global",
      "mbarrier::complete_tx::bytes", "bulk_group", "L2::cache_hint", "commit_group", "wait_group", "read",
      "multicast::cluster", "prefetch", "L2");

  private static final Set<String> KNOWN_STORE = Set.of("async", "weak", "shared::cluster",
      "mbarrier::complete_tx::bytes", "v2", "v4");

  private final Rows rows;

  MemoryBarrierDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "mbarrier" -> Optional.of(barrier(i));
      case "st" -> i.has("async") ? Optional.of(storeAsync(i)) : Optional.empty();
      case "mapa" -> Optional.of(map(i));
      case "getctarank" -> Optional.of(rank(i));
      case "cp" ->
        i.has("bulk") ? Optional.of(bulk(i)) : i.has("mbarrier") ? Optional.of(afterCopies(i)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Op barrier(Instruction i) {
    Words.only(i, KNOWN);
    List<Operand> o = i.operands();
    Space space = MemoryDecoder.space(i);
    return switch (i.modifiers().getFirst()) {
      case "init" -> op(Kind.INIT, space, o.get(0), rows.row(o.get(1), 32), -1);
      case "inval" -> op(Kind.INVALIDATE, space, o.get(0), zero(), -1);
      case "expect_tx" -> op(Kind.EXPECT, space, o.get(0), rows.row(o.get(1), 32), -1);
      case "arrive" -> arrive(i, space);
      default -> {
        boolean parity = i.has("parity");
        yield op(parity ? Kind.TEST_PARITY : Kind.TEST_STATE, space, o.get(1), rows.row(o.get(2), parity ? 32 : 64),
            rows.predicate(o.get(0)));
      }
    };
  }

  private Op arrive(Instruction i, Space space) {
    List<Operand> o = i.operands();
    int result = o.get(0) instanceof Operand.Sink ? -1 : rows.longs(o.get(0));
    if (i.has("expect_tx")) {
      return op(Kind.ARRIVE_EXPECT, space, o.get(1), rows.row(o.get(2), 32), result);
    }
    Row count = o.size() > 2 ? rows.row(o.get(2), 32) : rows.row(new Operand.Immediate(1, 0), 32);
    return op(Kind.ARRIVE, space, o.get(1), count, result);
  }

  private Op storeAsync(Instruction i) {
    Words.only(i, KNOWN_STORE);
    List<Operand> o = i.operands();
    List<Operand> parts = o.get(1) instanceof Operand.Vector v ? v.elements() : List.of(o.get(1));
    int bits = Words.type(i).bits();
    return new BulkCopyOps.StoreAsync(rows.address(o.get(0)), parts.stream().map(p -> rows.row(p, bits)).toList(),
        bits / 8, rows.address(o.get(2)));
  }

  private Op map(Instruction i) {
    Words.only(i, Set.of("shared::cluster"));
    List<Operand> o = i.operands();
    int bits = Words.type(i).bits();
    Space space = MemoryDecoder.space(i);
    Row address = rows.row(o.get(1), bits);
    return new MixedLanesOp((a, rank, c) -> space.ofRank(rank, a), rows.row(o.get(0), bits), address,
        rows.row(o.get(2), 32), address);
  }

  private Op rank(Instruction i) {
    Words.only(i, Set.of("shared::cluster"));
    List<Operand> o = i.operands();
    Row address = rows.row(o.get(1), Words.type(i).bits());
    return new MixedLanesOp((a, own, c) -> Space.rankOf(a, own), rows.row(o.get(0), 32), address,
        rows.row(new Operand.Special("%cluster_ctarank"), 32), address);
  }

  private Op afterCopies(Instruction i) {
    Words.only(i, KNOWN);
    if (!i.has("noinc")) {
      throw new Unsupported("cp.async.mbarrier.arrive without .noinc");
    }
    return op(Kind.ARRIVE_AFTER_COPIES, MemoryDecoder.space(i), i.operands().get(0), zero(), -1);
  }

  private Row zero() {
    return rows.row(new Operand.Immediate(0, 0), 32);
  }

  private Op op(Kind kind, Space space, Operand address, Row value, int result) {
    return new MemoryBarrierOp(kind, space, rows.address(address), value, result);
  }

  private Op bulk(Instruction i) {
    Words.only(i, KNOWN_BULK);
    List<Operand> o = i.operands();
    if (i.has("commit_group")) {
      return ControlOps.Act.commitBulkGroup();
    }
    if (i.has("wait_group")) {
      return ControlOps.Act.waitBulkGroup((int) IntegerDecoder.immediate(o.get(0)));
    }
    if (i.has("prefetch")) {
      return ControlOps.Act.nothing();
    }
    if (i.has("mbarrier::complete_tx::bytes") && i.has("global")) {
      return new BulkCopyOps.Load(rows.address(o.get(0)), rows.address(o.get(1)), rows.ints(o.get(2)),
          rows.address(o.get(3)), i.has("multicast::cluster") ? rows.ints(o.get(4), 16) : -1);
    }
    if (i.has("mbarrier::complete_tx::bytes")) {
      return new BulkCopyOps.Send(rows.address(o.get(0)), rows.address(o.get(1)), rows.ints(o.get(2)),
          rows.address(o.get(3)));
    }
    if (i.has("bulk_group") && i.has("global")) {
      return new BulkCopyOps.Store(rows.address(o.get(0)), rows.address(o.get(1)), rows.ints(o.get(2)));
    }
    throw new Unsupported("this form of 'cp.async.bulk'");
  }
}
