package org.bitloom.dsl.check;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.bitloom.dsl.source.Diagnostic;
import org.bitloom.dsl.syntax.SyntaxTree;

/** The rules for declared names, which become parts of C++ and Java identifiers; formats and kernels share one space. */
final class Names {
  private static final int LONGEST = 64;
  private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern VECTOR_TYPE = Pattern
      .compile("(u?(char|short|int|long|longlong)|float|double|half|dim|texture|surface)[1-4]");
  private static final Set<String> CPP = words(
      """
          alignas alignof and and_eq asm auto bitand bitor bool break case catch char class co_await co_return co_yield compl
          concept const const_cast consteval constexpr constinit continue decltype default delete do double dynamic_cast else
          enum explicit export extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
          nullptr operator or or_eq private protected public register reinterpret_cast requires return short signed sizeof
          static static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename
          union unsigned using virtual void volatile wchar_t while xor xor_eq main std size_t ptrdiff_t""");
  private static final Set<String> JAVA = words(
      """
          abstract assert boolean break byte case catch char class const continue default do double else enum exports extends
          false final finally float for goto if implements import instanceof int interface long module native new null open
          opens package permits private protected provides public record requires return sealed short static strictfp super
          switch synchronized this throw throws to transient transitive true try uses var void volatile when while with
          yield""");
  private static final Set<String> CUDA = words("half bfloat16 asm atomicadd printf malloc free memcpy memset clock");
  private static final Set<String> KERNELS = words("u8 u16 u32 u64");

  private final Set<String> taken = new HashSet<>();
  private final List<Diagnostic> diagnostics;

  Names(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Whether {@code name} may be declared here; reports why not. A name that could not be read was reported before. */
  boolean declare(SyntaxTree.Name name) {
    if (name.text().isEmpty()) {
      return false;
    }
    Optional<Diagnostic> wrong = shape(name).or(() -> reserved(name));
    if (wrong.isEmpty() && !taken.add(name.text())) {
      wrong = Optional.of(Diagnostic.error(name.span(), "'" + name.text() + "' is declared twice")
          .expecting("a name of its own for each format and each kernel"));
    }
    wrong.ifPresent(diagnostics::add);
    return wrong.isEmpty();
  }

  private static Optional<Diagnostic> shape(SyntaxTree.Name name) {
    if (name.text().length() > LONGEST) {
      return Optional.of(Diagnostic.error(name.span(), "this name has " + name.text().length() + " characters")
          .expecting("at most " + LONGEST));
    }
    if (!SHAPE.matcher(name.text()).matches()) {
      String mended = name.text().toLowerCase(Locale.ROOT).replace('-', '_');
      return Optional.of(Diagnostic.error(name.span(), "'" + name.text() + "' is not a name")
          .expecting("lower-case letters a-z, digits and '_', beginning with a letter")
          .suggesting(Optional.of(mended).filter(m -> SHAPE.matcher(m).matches())));
    }
    if (name.text().contains("__")) {
      return Optional.of(Diagnostic.error(name.span(), "'" + name.text() + "' holds '__', which C++ keeps for itself")
          .expecting("single underscores").suggesting(Optional.of(name.text().replaceAll("__+", "_"))));
    }
    return Optional.empty();
  }

  private static Optional<Diagnostic> reserved(SyntaxTree.Name name) {
    String text = name.text();
    Optional<String> owner = CPP.contains(text) && JAVA.contains(text)
        ? Optional.of("C++ and Java")
        : CPP.contains(text)
            ? Optional.of("C++")
            : JAVA.contains(text)
                ? Optional.of("Java")
                : CUDA.contains(text) || VECTOR_TYPE.matcher(text).matches()
                    ? Optional.of("CUDA")
                    : KERNELS.contains(text) ? Optional.of("generated kernels") : Optional.empty();
    return owner.map(language -> Diagnostic.error(name.span(), "'" + text + "' is a word of " + language)
        .expecting("another name, because names become identifiers of generated code"));
  }

  private static Set<String> words(String text) {
    return Set.copyOf(new HashSet<>(List.of(text.strip().split("\\s+"))));
  }
}
