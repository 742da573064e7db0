package org.bitloom.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import org.bitloom.bundle.Bundle;
import org.bitloom.bundle.Bundler;
import org.bitloom.job.Workplace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitloom bundle}: everything in one folder, for machines with nothing but an NVIDIA driver. */
@Command(name = "bundle", mixinStandardHelpOptions = true, description = "Make a folder that runs on a Linux x86-64 machine with nothing but an NVIDIA driver.")
final class BundleCommand implements Callable<Integer> {
  private final Workplace workplace;

  @Spec
  private CommandSpec spec;

  @Option(names = {"-o",
      "--output"}, required = true, paramLabel = "DIR", description = "The folder to make; DIR.tar.xz is made beside it.")
  private Path folder;

  @Option(names = "--no-archive", description = "Make the folder only.")
  private boolean folderOnly;

  BundleCommand(Workplace workplace) {
    this.workplace = workplace;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Bundle bundle = Bundler.ofThisProcess(workplace.home()).write(folder,
        folderOnly ? Bundle.Packing.FOLDER : Bundle.Packing.ARCHIVE);
    out.println("folder   " + bundle.folder());
    bundle.archive().ifPresent(archive -> out.printf("archive  %s, %.1f MiB%n", archive,
        bundle.archiveBytes().orElseThrow() / 1048576.0));
    out.println("try      sh '" + bundle.folder() + "/bitloom' selftest");
    out.flush();
    return ExitCode.OK;
  }
}
