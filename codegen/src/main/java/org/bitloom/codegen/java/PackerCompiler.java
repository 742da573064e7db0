package org.bitloom.codegen.java;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.bitloom.runtime.api.CodePacker;

/** Compiles and loads generated packers in this JVM, in memory; for formats that are declared at run time. */
public final class PackerCompiler {
  private PackerCompiler() {
  }

  /**
   * One class to compile.
   *
   * @param name its full name
   */
  public record Source(String name, String text) {
  }

  /** An instance of each packer, in order; nothing where this Java runtime has no compiler. */
  public static Optional<List<CodePacker>> compile(List<Source> sources) {
    return Optional.ofNullable(ToolProvider.getSystemJavaCompiler()).map(compiler -> load(compiler, sources));
  }

  private static List<CodePacker> load(JavaCompiler compiler, List<Source> sources) {
    StringWriter messages = new StringWriter();
    StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
    try (Memory memory = new Memory(standard)) {
      List<Text> texts = sources.stream().map(Text::new).toList();
      List<String> options = List.of("-proc:none", "-classpath", classPath());
      if (!compiler.getTask(messages, memory, null, options, null, texts).call()) {
        throw new IllegalStateException("generated packers do not compile:\n" + messages);
      }
      ClassLoader loader = new MemoryLoader(memory.classes);
      return sources.stream().map(source -> instance(loader, source.name())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CodePacker instance(ClassLoader loader, String name) {
    try {
      return (CodePacker) loader.loadClass(name).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot load generated packer " + name, e);
    }
  }

  /** Where {@link CodePacker} was loaded from: all that a packer refers to besides the JDK. */
  private static String classPath() {
    try {
      return Path.of(CodePacker.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the runtime was not loaded from a file", e);
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(Source source) {
      super(URI.create("packer:///" + source.name().replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = source.text();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class ClassBytes extends SimpleJavaFileObject {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ClassBytes(String name) {
      super(URI.create("packer:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
    }

    @Override
    public OutputStream openOutputStream() {
      return bytes;
    }
  }

  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ClassBytes> classes = new HashMap<>();

    Memory(JavaFileManager base) {
      super(base);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
        FileObject sibling) {
      return classes.computeIfAbsent(name, ClassBytes::new);
    }
  }

  private static final class MemoryLoader extends ClassLoader {
    private final Map<String, ClassBytes> classes;

    MemoryLoader(Map<String, ClassBytes> classes) {
      super(CodePacker.class.getClassLoader());
      this.classes = Map.copyOf(classes);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      ClassBytes found = classes.get(name);
      if (found == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = found.bytes.toByteArray();
      return defineClass(name, bytes, 0, bytes.length);
    }
  }
}
