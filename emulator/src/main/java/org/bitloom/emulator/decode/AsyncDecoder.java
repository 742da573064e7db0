package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.CopyAsyncOp;
import org.bitloom.emulator.exec.IntFunction;
import org.bitloom.emulator.exec.IntLanesOp;
import org.bitloom.emulator.exec.LaneAddress;
import org.bitloom.emulator.exec.LongFunction;
import org.bitloom.emulator.exec.LongLanesOp;
import org.bitloom.emulator.exec.NarrowOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PredicateOp;
import org.bitloom.emulator.exec.PredicateSource;
import org.bitloom.emulator.exec.SelectOp;
import org.bitloom.emulator.exec.SequenceOp;
import org.bitloom.emulator.exec.Space;
import org.bitloom.emulator.exec.WideFunction;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Moves between registers, comparisons, selections, and asynchronous copies (PTX ISA 9.7.5, 9.7.9.2, 9.7.9.25). */
final class AsyncDecoder implements InstructionDecoder {
  private final Rows rows;
  private final CompareDecoder compare;

  AsyncDecoder(Rows rows) {
    this.rows = rows;
    this.compare = new CompareDecoder(rows);
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "mov" -> Optional.of(move(i));
      case "setp" -> Optional.of(compare.setp(i));
      case "selp" -> Optional.of(select(i));
      case "cp" -> i.has("bulk") || i.has("mbarrier") ? Optional.empty() : Optional.of(copy(i));
      case "createpolicy" -> Optional.of(ControlOps.Act.nothing());
      default -> Optional.empty();
    };
  }

  private Op move(Instruction i) {
    List<Operand> o = i.operands();
    PtxType type = Words.type(i);
    if (o.get(0) instanceof Operand.Vector v) {
      return unpack(v.elements(), o.get(1), type.bits() / v.elements().size());
    }
    if (o.get(1) instanceof Operand.Vector v) {
      return pack(o.get(0), v.elements(), type.bits() / v.elements().size());
    }
    if (type == PtxType.PRED) {
      PredicateSource source = rows.predicateSource(o.get(1));
      return new PredicateOp(PredicateOp.Kind.MOV, rows.predicate(o.get(0)), source, source);
    }
    if (type.bits() == 64) {
      int from = rows.longs(o.get(1));
      return new LongLanesOp(LongFunction.MOV.lanes(), rows.longs(o.get(0)), from, from, from);
    }
    int from = rows.ints(o.get(1), type.bits());
    return new IntLanesOp(IntFunction.MOV.lanes(), rows.ints(o.get(0), type.bits()), from, from, from);
  }

  private Op unpack(List<Operand> to, Operand from, int bits) {
    Op[] parts = new Op[to.size()];
    for (int p = 0; p < parts.length; p++) {
      Operand target = to.get(p);
      if (target instanceof Operand.Sink) {
        parts[p] = ControlOps.Act.nothing();
      } else if (bits == 32) {
        parts[p] = new NarrowOp(rows.ints(target), rows.longs(from), 32 * p);
      } else if (bits == 16 && to.size() == 2) {
        int source = rows.ints(from);
        parts[p] = p == 0
            ? new IntLanesOp(IntFunction.AND.lanes(), rows.ints(target, 16), source, rows.constant(0xffff), source)
            : new IntLanesOp(IntFunction.SHR_U.lanes(), rows.ints(target, 16), source, rows.constant(16), source);
      } else {
        throw new Unsupported("unpacking into " + to.size() + " parts");
      }
    }
    return new SequenceOp(protectSource(parts, to, from));
  }

  /** A target that is also the source would be overwritten too early: its part goes last. */
  private static Op[] protectSource(Op[] parts, List<Operand> to, Operand from) {
    for (int p = 0; p < parts.length - 1; p++) {
      if (to.get(p).equals(from)) {
        Op moved = parts[p];
        System.arraycopy(parts, p + 1, parts, p, parts.length - 1 - p);
        parts[parts.length - 1] = moved;
      }
    }
    return parts;
  }

  private Op pack(Operand to, List<Operand> from, int bits) {
    if (from.size() != 2) {
      throw new Unsupported("packing " + from.size() + " parts");
    }
    if (bits == 32) {
      int target = rows.longs(to);
      return new LongLanesOp(WideFunction.JOIN.lanes(), target, rows.ints(from.get(0)), rows.ints(from.get(1)), target);
    }
    if (bits != 16) {
      throw new Unsupported("packing parts of " + bits + " bits");
    }
    int low = rows.ints(from.get(0), 16);
    return new IntLanesOp(IntFunction.PRMT.lanes(), rows.ints(to), low, rows.ints(from.get(1), 16),
        rows.constant(0x5410));
  }

  private Op select(Instruction i) {
    List<Operand> o = i.operands();
    PtxType type = Words.type(i);
    boolean wide = type.bits() == 64;
    PredicateSource p = rows.predicateSource(o.get(3));
    if (p.index() < 0) {
      throw new Unsupported("a constant predicate");
    }
    return new SelectOp(wide ? LaneAddress.Width.LONG : LaneAddress.Width.INT, rows.row(o.get(0), type.bits()).row(),
        rows.row(o.get(1), type.bits()).row(), rows.row(o.get(2), type.bits()).row(), p.index(), p.flip());
  }

  private Op copy(Instruction i) {
    if (!i.modifiers().getFirst().equals("async")) {
      throw new Unsupported("this form of 'cp'");
    }
    List<Operand> o = i.operands();
    if (i.has("commit_group")) {
      return ControlOps.Act.commitGroup();
    }
    if (i.has("wait_all")) {
      return ControlOps.Act.waitAll();
    }
    if (i.has("wait_group")) {
      return ControlOps.Act.waitGroup((int) IntegerDecoder.immediate(o.get(0)));
    }
    Words.only(i, Set.of("async", "ca", "cg", "shared", "shared::cta", "global", "L2::cache_hint", "L2::64B",
        "L2::128B", "L2::256B"));
    int size = (int) IntegerDecoder.immediate(o.get(2));
    if ((size != 4 && size != 8 && size != 16) || (i.has("cg") && size != 16)) {
      throw new Unsupported("a copy of " + size + " bytes");
    }
    int extra = o.size() - 3 - (i.has("L2::cache_hint") ? 1 : 0);
    int sourceSize = -1;
    PredicateSource ignore = new PredicateSource(-1, 0);
    if (extra > 1) {
      throw new Unsupported("a copy with " + o.size() + " operands");
    }
    if (extra == 1) {
      if (o.get(3) instanceof Operand.Register r && r.type() == PtxType.PRED) {
        ignore = rows.predicateSource(r);
      } else {
        sourceSize = rows.ints(o.get(3));
      }
    }
    return new CopyAsyncOp(Space.SHARED, rows.address(o.get(0)), rows.address(o.get(1)), size, sourceSize, ignore);
  }
}
