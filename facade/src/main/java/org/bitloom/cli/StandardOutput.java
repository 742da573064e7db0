package org.bitloom.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.Optional;

/** An output that remembers why writing to it failed: somebody who reads the first lines only, as {@code head} does, is no failure. */
final class StandardOutput extends PrintWriter {
  private final Remembering remembering;

  StandardOutput(Writer to) {
    this(new Remembering(to));
  }

  private StandardOutput(Remembering remembering) {
    super(remembering, true);
    this.remembering = remembering;
  }

  /** Whether what was printed to {@code writer} is lost, though somebody wanted it. */
  static boolean lost(PrintWriter writer) {
    return writer.checkError() && !(writer instanceof StandardOutput output && output.remembering.readerLeft);
  }

  /** What the system says of a pipe without a reader, in the language of this process. */
  private static Optional<String> brokenPipe() {
    try {
      Pipe pipe = Pipe.open();
      try (Pipe.SinkChannel sink = pipe.sink()) {
        pipe.source().close();
        sink.write(ByteBuffer.allocate(1));
        return Optional.empty();
      }
    } catch (IOException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /** A writer that notices a pipe without a reader. */
  private static final class Remembering extends FilterWriter {
    private boolean readerLeft;

    Remembering(Writer to) {
      super(to);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      noticing(() -> out.write(text, offset, length));
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      noticing(() -> out.write(text, offset, length));
    }

    @Override
    public void write(int character) throws IOException {
      noticing(() -> out.write(character));
    }

    @Override
    public void flush() throws IOException {
      noticing(out::flush);
    }

    private void noticing(Writing writing) throws IOException {
      try {
        writing.run();
      } catch (IOException e) {
        readerLeft |= brokenPipe().equals(Optional.ofNullable(e.getMessage()));
        throw e;
      }
    }
  }

  /** Something that writes. */
  private interface Writing {
    void run() throws IOException;
  }
}
