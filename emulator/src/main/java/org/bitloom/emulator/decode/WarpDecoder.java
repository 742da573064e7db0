package org.bitloom.emulator.decode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.bitloom.codegen.target.MmaAtom;
import org.bitloom.emulator.exec.ControlOps;
import org.bitloom.emulator.exec.ControlOps.Barrier;
import org.bitloom.emulator.exec.IntLanes;
import org.bitloom.emulator.exec.MatrixMoveOps;
import org.bitloom.emulator.exec.MmaOp;
import org.bitloom.emulator.exec.Op;
import org.bitloom.emulator.exec.PredicateSource;
import org.bitloom.emulator.exec.Space;
import org.bitloom.emulator.exec.WarpOps;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;
import org.bitloom.emulator.ptx.Statement.Instruction;

/** Barriers, exchange between lanes, and warp-wide matrix instructions (PTX ISA 9.7.13, 9.7.15.5). */
final class WarpDecoder implements InstructionDecoder {
  private final Rows rows;

  WarpDecoder(Rows rows) {
    this.rows = rows;
  }

  @Override
  public Optional<Op> decode(Instruction i) {
    return switch (i.opcode()) {
      case "bar", "barrier" -> Optional.of(barrier(i));
      case "shfl" -> Optional.of(shuffle(i));
      case "vote" -> Optional.of(vote(i));
      case "redux" -> Optional.of(reduce(i));
      case "match" -> Optional.of(match(i));
      case "activemask" -> Optional.of(new WarpOps.ActiveMask(rows.ints(i.operands().get(0))));
      case "elect" -> Optional.of(elect(i));
      case "mma" -> Optional.of(mma(i));
      case "ldmatrix", "stmatrix" -> Optional.of(matrix(i));
      case "movmatrix" -> Optional
          .of(new MatrixMoveOps.Transpose(rows.ints(i.operands().get(0)), rows.ints(i.operands().get(1))));
      case "trap" -> Optional.of(ControlOps.Act.trap());
      case "griddepcontrol" -> Optional
          .of(i.has("wait") ? ControlOps.Act.waitForEarlierLaunches() : ControlOps.Act.nothing());
      case "nanosleep", "setmaxnreg", "pmevent" -> Optional.of(ControlOps.Act.nothing());
      default -> Optional.empty();
    };
  }

  private Op barrier(Instruction i) {
    List<Operand> o = i.operands();
    if (i.has("warp")) {
      return new ControlOps.WarpBarrier(rows.ints(o.get(0)));
    }
    if (i.has("cluster")) {
      return i.has("wait")
          ? ControlOps.Act.waitForCluster()
          : i.has("relaxed") ? ControlOps.Act.arriveAtClusterRelaxed() : ControlOps.Act.arriveAtCluster();
    }
    if (i.has("red")) {
      throw new Unsupported("this form of '" + i.opcode() + "'");
    }
    Barrier.Kind kind = i.has("arrive") ? Barrier.Kind.ARRIVE : Barrier.Kind.SYNC;
    if (kind == Barrier.Kind.ARRIVE && o.size() < 2) {
      throw new Unsupported("an arrival without a thread count");
    }
    return new Barrier(kind, rows.ints(o.get(0)), o.size() > 1 ? rows.ints(o.get(1)) : rows.constant(0));
  }

  private Op shuffle(Instruction i) {
    if (!i.has("sync")) {
      throw new Unsupported("shfl without .sync");
    }
    List<Operand> o = i.operands();
    Operand first = o.get(0) instanceof Operand.Pair p ? p.first() : o.get(0);
    int predicate = o.get(0) instanceof Operand.Pair p ? rows.predicate(p.second()) : -1;
    WarpOps.Shuffle.Source kind = WarpOps.Shuffle.Source.valueOf(i.modifiers().get(1).toUpperCase(Locale.ROOT));
    return new WarpOps.Shuffle(kind, rows.ints(first), predicate, rows.ints(o.get(1)), rows.ints(o.get(2)),
        rows.ints(o.get(3)), rows.ints(o.get(4)));
  }

  private Op vote(Instruction i) {
    if (!i.has("sync")) {
      throw new Unsupported("vote without .sync");
    }
    List<Operand> o = i.operands();
    WarpOps.Vote.Question kind = WarpOps.Vote.Question.valueOf(i.modifiers().get(1).toUpperCase(Locale.ROOT));
    int to = kind == WarpOps.Vote.Question.BALLOT ? rows.ints(o.get(0)) : rows.predicate(o.get(0));
    PredicateSource source = rows.predicateSource(o.get(1));
    return new WarpOps.Vote(kind, to, source, rows.ints(o.get(2)));
  }

  private Op reduce(Instruction i) {
    boolean signed = Words.type(i) == PtxType.S32;
    IntLanes.Function f = switch (i.modifiers().get(1)) {
      case "add" -> (a, b, c) -> a + b;
      case "min" -> signed ? (a, b, c) -> Math.min(a, b) : (a, b, c) -> Integer.compareUnsigned(a, b) < 0 ? a : b;
      case "max" -> signed ? (a, b, c) -> Math.max(a, b) : (a, b, c) -> Integer.compareUnsigned(a, b) > 0 ? a : b;
      case "and" -> (a, b, c) -> a & b;
      case "or" -> (a, b, c) -> a | b;
      case "xor" -> (a, b, c) -> a ^ b;
      default -> throw new Unsupported("redux." + i.modifiers().get(1));
    };
    if (Words.type(i) == PtxType.F32) {
      throw new Unsupported("redux of .f32");
    }
    List<Operand> o = i.operands();
    return WarpOps.Combine.reduce(f, rows.ints(o.get(0)), rows.ints(o.get(1)), rows.ints(o.get(2)));
  }

  private Op match(Instruction i) {
    if (!i.has("any") || Words.type(i).bits() != 32) {
      throw new Unsupported("this form of 'match'");
    }
    List<Operand> o = i.operands();
    return WarpOps.Combine.matchAny(rows.ints(o.get(0)), rows.ints(o.get(1)), rows.ints(o.get(2)));
  }

  private Op elect(Instruction i) {
    List<Operand> o = i.operands();
    if (!(o.get(0) instanceof Operand.Pair p)) {
      throw new Unsupported("elect without a predicate");
    }
    int to = p.first() instanceof Operand.Sink ? -1 : rows.ints(p.first());
    return new WarpOps.Elect(to, rows.predicate(p.second()), rows.ints(o.get(1)));
  }

  private Op mma(Instruction i) {
    MmaOp.Overflow overflow = i.has("satfinite") ? MmaOp.Overflow.SATURATE : MmaOp.Overflow.WRAP;
    String mnemonic = (i.opcode() + "." + String.join(".", i.modifiers())).replace(".satfinite", "");
    MmaAtom atom = MmaAtom.ALL.stream().filter(a -> a.mnemonic().equals(mnemonic)).findFirst()
        .orElseThrow(() -> new Unsupported("no atom for '" + mnemonic + "'"));
    List<Operand> o = i.operands();
    return new MmaOp(atom, overflow, registers(o.get(0)), registers(o.get(1)), registers(o.get(2)),
        registers(o.get(3)));
  }

  private int[] registers(Operand operand) {
    List<Operand> parts = operand instanceof Operand.Vector v ? v.elements() : List.of(operand);
    return parts.stream().mapToInt(rows::ints).toArray();
  }

  private Op matrix(Instruction i) {
    Words.only(i, Set.of("sync", "aligned", "m8n8", "x1", "x2", "x4", "trans", "shared", "shared::cta"));
    List<Operand> o = i.operands();
    boolean load = i.opcode().equals("ldmatrix");
    int[] registers = registers(o.get(load ? 0 : 1));
    int count = i.has("x4") ? 4 : i.has("x2") ? 2 : 1;
    if (registers.length != count || Words.type(i) != PtxType.B16) {
      throw new Unsupported("this form of '" + i.opcode() + "'");
    }
    MatrixMoveOps.Order order = i.has("trans") ? MatrixMoveOps.Order.TRANSPOSED : MatrixMoveOps.Order.PLAIN;
    Space space = MemoryDecoder.space(i);
    return load
        ? new MatrixMoveOps.Load(space, rows.address(o.get(1)), registers, order)
        : new MatrixMoveOps.Store(space, rows.address(o.get(0)), registers, order);
  }
}
