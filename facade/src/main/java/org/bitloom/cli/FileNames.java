package org.bitloom.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads names of files, and says why one cannot be read: mostly it holds letters that the locale has not. */
final class FileNames implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(refused(e));
    }
  }

  static String refused(InvalidPathException e) {
    return "'" + e.getInput() + "' is no name of a file here: " + e.getReason()
        + "; if it has letters beyond ASCII, set LC_ALL to a locale of UTF-8, such as C.UTF-8";
  }
}
