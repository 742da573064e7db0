package org.bitloom.cli;

import java.util.Optional;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class VersionProvider implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Optional.ofNullable(VersionProvider.class.getPackage().getImplementationVersion())
        .orElse("(built from sources)");
    return new String[]{"bitloom " + version, "Java " + Runtime.version()};
  }
}
