package org.bitloom.emulator.ptx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.bitloom.emulator.ptx.Lexer.Kind;
import org.bitloom.emulator.ptx.Lexer.Token;
import org.bitloom.emulator.ptx.PtxModule.Space;
import org.bitloom.emulator.ptx.PtxModule.Variable;

/** Reads the statements of one kernel body (PTX ISA 4.3). */
final class BodyParser {
  private final Tokens tokens;
  private final Map<Integer, String> files;
  private final Scopes scopes = new Scopes();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Statement> statements = new ArrayList<>();
  private SourceLine line = SourceLine.UNKNOWN;

  BodyParser(Tokens tokens, Map<Integer, String> files) {
    this.tokens = tokens;
    this.files = files;
  }

  /** Reads from the opening brace of the body to its closing one. */
  void read() {
    do {
      Token token = tokens.peek();
      if (tokens.accept("{")) {
        scopes.open();
        declareLabels();
      } else if (tokens.accept("}")) {
        scopes.close();
      } else if (token.is("@") || token.kind() == Kind.WORD) {
        statement(token);
      } else if (!tokens.accept(";")) {
        throw Tokens.error(token, "expected a statement, found '" + token.text() + "'");
      }
    } while (scopes.depth() > 0);
  }

  List<PtxType> registers() {
    return scopes.types();
  }

  List<Variable> variables() {
    return variables;
  }

  List<Statement> statements() {
    return statements;
  }

  /** Labels are visible in their whole block, so they are declared before its statements are read. */
  private void declareLabels() {
    int depth = 0;
    for (int i = 0; depth >= 0; i++) {
      Token token = tokens.peek(i);
      if (token.kind() == Kind.END) {
        throw Tokens.error(token, "a block does not end");
      }
      depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
      if (depth == 0 && token.kind() == Kind.WORD && tokens.peek(i + 1).is(":")) {
        scopes.declareName(token.text());
      }
    }
  }

  private void statement(Token token) {
    if (tokens.peek(1).is(":")) {
      label();
    } else if (token.text().startsWith(".")) {
      directive(tokens.next());
    } else {
      instruction(token);
    }
  }

  private void label() {
    String name = scopes.resolve(tokens.word());
    tokens.expect(":");
    if (tokens.accept(".branchtargets")) {
      List<String> targets = new ArrayList<>();
      do {
        targets.add(scopes.resolve(tokens.word()));
      } while (tokens.accept(","));
      tokens.expect(";");
      statements.add(new Statement.BranchTargets(name, targets));
    } else {
      statements.add(new Statement.Label(name));
    }
  }

  private void directive(Token token) {
    switch (token.text()) {
      case ".reg" -> registerDeclaration();
      case ".loc" -> location();
      case ".pragma" -> tokens.skipPast(";");
      default -> {
        if (!VariableParser.isSpace(token.text())) {
          throw Tokens.error(token, "unknown directive '" + token.text() + "'");
        }
        Space space = Space.valueOf(token.text().substring(1).toUpperCase(Locale.ROOT));
        Variable v = new VariableParser(tokens).variable(space);
        variables.add(new Variable(space, scopes.declareName(v.name()), v.align(), v.bytes(), v.initial(), v.sizing()));
        tokens.expect(";");
      }
    }
  }

  private void registerDeclaration() {
    Token typeToken = tokens.next();
    PtxType type = PtxType.of(typeToken.text().substring(1))
        .orElseThrow(() -> Tokens.error(typeToken, "not a register type: '" + typeToken.text() + "'"));
    do {
      String name = tokens.word();
      if (tokens.accept("<")) {
        scopes.declareRange(name, (int) tokens.integer(), type);
        tokens.expect(">");
      } else {
        scopes.declareOne(name, type);
      }
    } while (tokens.accept(","));
    tokens.expect(";");
  }

  private void location() {
    int file = (int) tokens.integer();
    int row = (int) tokens.integer();
    int column = (int) tokens.integer();
    line = new SourceLine(files.getOrDefault(file, "file " + file), row, column);
    while (tokens.accept(",")) {
      if (tokens.word().equals("function_name")) {
        tokens.word();
        if (tokens.accept("+")) {
          tokens.integer();
        }
      } else {
        tokens.integer();
        tokens.integer();
        tokens.integer();
      }
    }
  }

  private void instruction(Token first) {
    Optional<Operand.Register> guard = Optional.empty();
    if (tokens.accept("@")) {
      boolean negated = tokens.accept("!");
      Token name = tokens.peek();
      Operand.Register p = scopes.register(tokens.word())
          .orElseThrow(() -> Tokens.error(name, "no predicate '" + name.text() + "'"));
      guard = Optional.of(new Operand.Register(p.id(), p.name(), p.type(),
          negated ? Operand.Sign.NEGATED : Operand.Sign.PLAIN));
    }
    List<String> parts = Arrays.asList(tokens.word().split("\\."));
    List<Operand> operands = new ArrayList<>();
    while (!tokens.peek().is(";")) {
      operands.add(operand());
      if (!tokens.accept(",") && !tokens.peek().is(";")) {
        throw Tokens.error(tokens.peek(), "expected ',' or ';' in '" + tokens.textFrom(first) + "', found '"
            + tokens.peek().text() + "'");
      }
    }
    tokens.expect(";");
    statements.add(new Statement.Instruction(guard, parts.getFirst(), parts.subList(1, parts.size()), operands,
        tokens.textFrom(first), line));
  }

  private Operand operand() {
    Operand first = simpleOperand();
    if (tokens.accept("|")) {
      return new Operand.Pair(first, simpleOperand());
    }
    return first;
  }

  private Operand simpleOperand() {
    Token token = tokens.peek();
    if (tokens.accept("{")) {
      List<Operand> elements = new ArrayList<>();
      do {
        elements.add(operand());
      } while (tokens.accept(","));
      tokens.expect("}");
      return new Operand.Vector(elements);
    }
    if (tokens.accept("[")) {
      Operand base = simpleOperand();
      tokens.expect("]");
      return switch (base) {
        case Operand.Symbol s -> new Operand.Memory(new Operand.Symbol(s.name(), 0), s.offset());
        case Operand.Memory m -> m;
        default -> new Operand.Memory(base, 0);
      };
    }
    if (tokens.accept("!")) {
      Operand.Register p = scopes.register(tokens.word())
          .orElseThrow(() -> Tokens.error(token, "no predicate behind '!'"));
      return new Operand.Register(p.id(), p.name(), p.type(), Operand.Sign.NEGATED);
    }
    if (tokens.accept("-")) {
      Token number = tokens.next();
      long bits = Constants.bits(number, 64);
      int floatBits = Constants.floatBits(number);
      return new Operand.Immediate(floatBits == 0 ? -bits : bits ^ Long.MIN_VALUE, floatBits);
    }
    if (token.kind() == Kind.NUMBER) {
      tokens.next();
      int floatBits = Constants.floatBits(token);
      return new Operand.Immediate(Constants.bits(token, floatBits), floatBits);
    }
    return named(tokens.word());
  }

  private Operand named(String word) {
    if (word.equals("_")) {
      return new Operand.Sink();
    }
    Optional<Operand.Register> register = scopes.register(word);
    if (register.isPresent()) {
      long offset = offset();
      return offset == 0 ? register.get() : new Operand.Memory(register.get(), offset);
    }
    if (word.startsWith("%") || word.equals("WARP_SZ")) {
      return new Operand.Special(word);
    }
    return new Operand.Symbol(scopes.resolve(word), offset());
  }

  private long offset() {
    if (tokens.accept("+")) {
      return tokens.integer();
    }
    return tokens.peek().is("-") ? tokens.integer() : 0;
  }
}
