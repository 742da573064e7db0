package org.bitloom.cli;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.bitloom.runtime.file.OutputFile;

/** Writes a file that is touched when there is something to write: what fails before leaves a file of that name as it is. */
final class LateWriter extends Writer {
  private final Path file;
  private Optional<Writer> opened = Optional.empty();

  /** @throws IOException if no file of that name could be written */
  LateWriter(Path file) throws IOException {
    this.file = OutputFile.toFill(file);
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(Files.newBufferedWriter(file));
    }
    opened.get().write(text, offset, length);
  }

  @Override
  public void flush() throws IOException {
    if (opened.isPresent()) {
      opened.get().flush();
    }
  }

  @Override
  public void close() throws IOException {
    if (opened.isPresent()) {
      opened.get().close();
    }
  }
}
