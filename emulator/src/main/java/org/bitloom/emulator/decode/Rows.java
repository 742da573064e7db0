package org.bitloom.emulator.decode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import org.bitloom.emulator.exec.LaneAddress;
import org.bitloom.emulator.exec.LaneAddress.Width;
import org.bitloom.emulator.exec.MixedLanesOp.Row;
import org.bitloom.emulator.exec.PredicateSource;
import org.bitloom.emulator.exec.Program.IntConstant;
import org.bitloom.emulator.exec.Program.LongConstant;
import org.bitloom.emulator.exec.Program.Special;
import org.bitloom.emulator.exec.Program.SpecialRow;
import org.bitloom.emulator.ptx.Operand;
import org.bitloom.emulator.ptx.PtxType;

/** Gives every register, constant and special register of a kernel its row. */
final class Rows {
  private final int[] rowOf;
  private final Map<String, Long> symbols;
  private final Map<Integer, Integer> intConstantRows = new HashMap<>();
  private final Map<Long, Integer> longConstantRows = new HashMap<>();
  private final Map<Special, Integer> specialRows = new HashMap<>();
  private final List<IntConstant> intConstants = new ArrayList<>();
  private final List<LongConstant> longConstants = new ArrayList<>();
  private final List<SpecialRow> specials = new ArrayList<>();
  private int ints;
  private int longs;
  private int predicates;

  /** @param symbols addresses of variables in their own state spaces */
  Rows(List<PtxType> registers, Lifetimes lifetimes, Map<String, Long> symbols) {
    this.symbols = symbols;
    this.rowOf = new int[registers.size()];
    for (int i = 0; i < rowOf.length; i++) {
      rowOf[i] = registers.get(i).bits() == 1 ? predicates++ : -1;
    }
    ints = lifetimes.assign(withBits(registers, 2, 32), rowOf);
    longs = Math.max(1, lifetimes.assign(withBits(registers, 64, 64), rowOf));
  }

  private static IntStream withBits(List<PtxType> registers, int least, int most) {
    return IntStream.range(0, registers.size())
        .filter(i -> registers.get(i).bits() >= least && registers.get(i).bits() <= most);
  }

  int intRows() {
    return ints;
  }

  int longRows() {
    return longs;
  }

  int predicates() {
    return predicates;
  }

  List<IntConstant> intConstants() {
    return intConstants;
  }

  List<LongConstant> longConstants() {
    return longConstants;
  }

  List<SpecialRow> specials() {
    return specials;
  }

  /** The int row of an operand of {@code bits} bits or fewer. */
  int ints(Operand operand, int bits) {
    return switch (operand) {
      case Operand.Register r -> {
        if (r.type().bits() > 32 || r.type() == PtxType.PRED) {
          throw new Unsupported("register " + r.name() + " of type ." + r.type().name().toLowerCase(Locale.ROOT)
              + " where " + bits + " bits are wanted");
        }
        yield rowOf[r.id()];
      }
      case Operand.Immediate i -> constant(narrow(i, bits));
      case Operand.Special s -> special(s.name());
      case Operand.Symbol s -> constant((int) address(s));
      default -> throw new Unsupported("operand " + operand);
    };
  }

  int ints(Operand operand) {
    return ints(operand, 32);
  }

  private static int narrow(Operand.Immediate i, int bits) {
    int value = i.floatBits() == 64
        ? Float.floatToRawIntBits((float) Double.longBitsToDouble(i.bits()))
        : (int) i.bits();
    return bits < 32 ? value & (1 << bits) - 1 : value;
  }

  /** The long row of a 64-bit operand. */
  int longs(Operand operand) {
    return switch (operand) {
      case Operand.Register r -> {
        if (r.type().bits() != 64) {
          throw new Unsupported("register " + r.name() + " where 64 bits are wanted");
        }
        yield rowOf[r.id()];
      }
      case Operand.Immediate i -> constant(i.floatBits() == 32
          ? Double.doubleToRawLongBits(Float.intBitsToFloat((int) i.bits()))
          : i.bits());
      case Operand.Symbol s -> constant(address(s));
      default -> throw new Unsupported("operand " + operand);
    };
  }

  /** The int rows of all registers in an operand. */
  IntStream registers(Operand operand) {
    return switch (operand) {
      case Operand.Register r when r.type().bits() <= 32 && r.type() != PtxType.PRED -> IntStream.of(rowOf[r.id()]);
      case Operand.Vector v -> v.elements().stream().flatMapToInt(this::registers);
      case Operand.Pair p -> IntStream.concat(registers(p.first()), registers(p.second()));
      case Operand.Memory m -> registers(m.base());
      default -> IntStream.empty();
    };
  }

  /** The row of an operand of {@code bits} bits. */
  Row row(Operand operand, int bits) {
    return bits == 64 ? new Row(Width.LONG, longs(operand)) : new Row(Width.INT, ints(operand, bits));
  }

  /** The row of a register of any width, as ld, st and cvt allow wider registers than their type. */
  Row anyRow(Operand operand, int bits) {
    boolean wide = operand instanceof Operand.Register r ? r.type().bits() == 64 : bits == 64;
    return row(operand, wide ? 64 : bits);
  }

  int predicate(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return -1;
    }
    if (operand instanceof Operand.Register r && r.type() == PtxType.PRED) {
      return rowOf[r.id()];
    }
    throw new Unsupported("operand " + operand + " where a predicate is wanted");
  }

  PredicateSource predicateSource(Operand operand) {
    return switch (operand) {
      case Operand.Register r -> new PredicateSource(predicate(r), r.sign() == Operand.Sign.NEGATED ? -1 : 0);
      case Operand.Immediate i -> new PredicateSource(-1, i.bits() == 0 ? 0 : -1);
      default -> throw new Unsupported("operand " + operand + " where a predicate is wanted");
    };
  }

  LaneAddress address(Operand operand) {
    if (!(operand instanceof Operand.Memory m)) {
      throw new Unsupported("operand " + operand + " where an address is wanted");
    }
    return switch (m.base()) {
      case Operand.Register r -> new LaneAddress(r.type().bits() == 64 ? Width.LONG : Width.INT, rowOf[r.id()],
          m.offset());
      case Operand.Symbol s -> new LaneAddress(Width.LONG, constant(address(s)), m.offset());
      case Operand.Immediate i -> new LaneAddress(Width.LONG, constant(i.bits()), m.offset());
      default -> throw new Unsupported("operand " + operand + " where an address is wanted");
    };
  }

  long address(Operand.Symbol symbol) {
    Long address = symbols.get(symbol.name());
    if (address == null) {
      throw new Unsupported("no variable '" + symbol.name() + "'");
    }
    return address + symbol.offset();
  }

  int constant(int value) {
    return intConstantRows.computeIfAbsent(value, v -> {
      intConstants.add(new IntConstant(ints, v));
      return ints++;
    });
  }

  int constant(long value) {
    return longConstantRows.computeIfAbsent(value, v -> {
      longConstants.add(new LongConstant(longs, v));
      return longs++;
    });
  }

  private int special(String name) {
    if (name.equals("WARP_SZ")) {
      return constant(32);
    }
    String key = name.substring(1).replace('.', '_').toUpperCase(Locale.ROOT);
    for (Special special : Special.values()) {
      if (special.name().equals(key)) {
        return specialRows.computeIfAbsent(special, s -> {
          specials.add(new SpecialRow(ints, s));
          return ints++;
        });
      }
    }
    throw new Unsupported("special register " + name);
  }
}
