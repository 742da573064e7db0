package org.bitloom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.bitloom.compile.FormatCompiler;
import org.bitloom.dsl.source.Source;

/** The front door: declarations in, formats with running kernels out. */
public final class Bitloom {
  private Bitloom() {
  }

  /**
   * Compiles the declarations in {@code file}, UTF-8.
   *
   * @throws DeclarationException if the text has errors, or declares what no kernel family can run
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Compiled compile(Path file) {
    try {
      return compile(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new DeclarationException(file + " is no text in UTF-8");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compiles the declarations in {@code text}.
   *
   * @param name what messages call the text
   * @throws DeclarationException if the text has errors, or declares what no kernel family can run
   */
  public static Compiled compile(String name, String text) {
    return new Compiled(FormatCompiler.compile(Source.of(name, text)));
  }
}
