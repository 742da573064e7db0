package org.bitloom.job;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.bitloom.Bitloom;
import org.bitloom.ShippedFormats;
import org.bitloom.dsl.source.Spelling;
import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;

/** Finds the format and the kernel that the user named. */
public final class FormatChooser {
  private static final String SUFFIX = ".bl";

  private FormatChooser() {
  }

  /**
   * The shipped format {@code text}, or the first kernel's format of the {@code .bl} file {@code text}.
   *
   * @param kernel name of the kernel to take instead of the first one
   */
  public static FormatChoice choose(String text, Optional<String> kernel) {
    List<WeightFormat> formats = formats(text);
    List<FormatChoice> choices = formats.stream()
        .flatMap(format -> format.kernels().stream().map(unit -> new FormatChoice(format, unit)))
        .toList();
    if (kernel.isEmpty()) {
      return choices.stream().findFirst().orElseThrow(() -> new BadInput(formats.isEmpty()
          ? text + " declares no format"
          : formats.getFirst().info().name() + " has no kernel yet: no kernel family runs it"));
    }
    return choices.stream().filter(choice -> choice.kernel().entry().equals(kernel.get())).findFirst()
        .orElseThrow(() -> unknownKernel(text, kernel.get(), choices.stream().map(FormatChoice::kernel).toList()));
  }

  /** The shipped format {@code text}, or all formats of the {@code .bl} file {@code text}. */
  public static List<WeightFormat> formats(String text) {
    if (isFile(text)) {
      return Bitloom.compile(existing(text)).formats();
    }
    return List.of(ShippedFormats.byName(text).orElseThrow(() -> unknownFormat(text)));
  }

  /** Whether {@code text} names a file rather than a shipped format. */
  public static boolean isFile(String text) {
    return text.endsWith(SUFFIX) || text.indexOf('/') >= 0;
  }

  /** The file {@code text}, which must be there. */
  public static Path existing(String text) {
    Path file = Path.of(text);
    if (!Files.isRegularFile(file)) {
      throw new BadInput(text + (Files.exists(file) ? ": is no file" : ": no such file"));
    }
    return file;
  }

  /** The text of the file {@code text}, which must be there. */
  public static String read(String text) throws IOException {
    try {
      return Files.readString(existing(text));
    } catch (CharacterCodingException e) {
      throw new BadInput(text + " is no text in UTF-8", e);
    }
  }

  private static BadInput unknownFormat(String text) {
    List<String> names = ShippedFormats.names();
    return new BadInput("there is no format '" + text + "'." + question(text, names) + "\nShipped formats: "
        + String.join(", ", names) + "\nA declaration of your own: give the path of a .bl file.");
  }

  private static BadInput unknownKernel(String text, String kernel, List<KernelUnit> units) {
    List<String> names = units.stream().map(KernelUnit::entry).toList();
    return new BadInput(text + " has no kernel '" + kernel + "'." + question(kernel, names) + " It has: "
        + names.stream().collect(Collectors.joining(", ")));
  }

  private static String question(String typed, List<String> known) {
    return Spelling.closest(typed, known).map(name -> " Did you mean '" + name + "'?").orElse("");
  }
}
