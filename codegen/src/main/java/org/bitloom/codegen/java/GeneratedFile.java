package org.bitloom.codegen.java;

/** One generated text and where it belongs, relative to the source root of its kind. */
public record GeneratedFile(Root root, String path, String text) {
  /** The source roots of a Maven module. */
  public enum Root {
    JAVA("src/main/java"), RESOURCES("src/main/resources");

    private final String folder;

    Root(String folder) {
      this.folder = folder;
    }

    /** The folder in the module. */
    public String folder() {
      return folder;
    }
  }

  /** The path in the module. */
  public String modulePath() {
    return root.folder() + "/" + path;
  }
}
