package org.bitloom.bundle;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** Links a Java runtime that holds just the modules that Bitloom needs. */
final class RuntimeImage {
  /** jdk.zipfs lets the compiler of jdk.compiler read jars; jdk.unsupported is for libraries that use sun.misc. */
  private static final List<String> MODULES = List.of("java.base", "java.logging", "java.management", "jdk.compiler",
      "jdk.unsupported", "jdk.zipfs");

  /** The compiler's picture of older Java releases, 6 MB that compiling a packer for this very runtime does not need. */
  private static final String OLD_RELEASES = "glob:/jdk.compiler/lib/ct.sym";

  private RuntimeImage() {
  }

  /** Writes the runtime to {@code folder}, which must not exist; uncompressed, so that an archive compresses better. */
  static void link(Path folder) {
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new BundleException(
        "this Java runtime has no jlink: run 'bundle' from a clone of the repository, with a full JDK"));
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    int status = jlink.run(printer, printer, "--add-modules", String.join(",", MODULES), "--compress=zip-0",
        "--strip-debug", "--no-man-pages", "--no-header-files", "--exclude-files=" + OLD_RELEASES, "--output",
        folder.toString());
    if (status != 0) {
      throw new BundleException("jlink failed:\n" + output.toString().strip());
    }
  }
}
