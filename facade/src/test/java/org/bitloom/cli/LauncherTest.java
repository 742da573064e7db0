package org.bitloom.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The launcher script against made-up JDKs, a made-up Maven and a made-up clone in a folder with spaces. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "bitloom").toAbsolutePath().normalize();
  /** A java that says who it is and what it was asked. */
  private static final String JAVA = "#!/bin/sh\necho \"java $0\"\nfor a in \"$@\"; do echo \"arg $a\"; done\n";

  @TempDir
  private Path temp;

  private Path clone;
  private Path tools;

  private record Outcome(int status, String out, String err) {
  }

  @BeforeEach
  void makeClone() throws IOException {
    clone = Files.createDirectories(temp.resolve("my clone"));
    tools = Files.createDirectories(temp.resolve("tools"));
    for (String tool : List.of("sh", "sed", "head", "tail", "find", "cat", "mkdir", "rmdir", "rm", "readlink", "date",
        "sleep", "touch", "env", "dirname", "printf", "kill")) {
      for (String folder : List.of("/bin/", "/usr/bin/")) {
        if (Files.exists(Path.of(folder + tool)) && !Files.exists(tools.resolve(tool))) {
          script(tools.resolve(tool), "#!/bin/sh\nexec " + folder + tool + " \"$@\"\n");
        }
      }
    }
    Files.copy(SCRIPT, clone.resolve("bitloom"));
    assertTrue(clone.resolve("bitloom").toFile().setExecutable(true));
    Files.writeString(clone.resolve("pom.xml"), "<project/>");
    Files.createDirectories(clone.resolve("facade/src/main"));
    Files.writeString(clone.resolve("facade/src/main/A.java"), "class A {}");
    age(clone.resolve("pom.xml"));
    age(clone.resolve("facade/src/main/A.java"));
  }

  @Test
  void takesTheJdkOfJavaHome() throws Exception {
    Path jdk = jdk("jdk 25", "25.0.1");
    maven("3.9.9");
    Outcome outcome = launch(Map.of("JAVA_HOME", jdk.toString()), "run", "a b");
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().startsWith("java " + jdk + "/bin/java\n"), outcome.out());
    assertTrue(outcome.out().endsWith("arg org.bitloom.cli.Main\narg run\narg a b\n"), outcome.out());
    assertTrue(outcome.out().contains("arg -Dbitloom.home=" + clone.toRealPath() + "\n"), outcome.out());
  }

  @Test
  void passesOverAnOldJavaHomeForANewerJdk() throws Exception {
    Path old = jdk("jdk17", "17.0.2");
    Path fresh = jdk("jvms/jdk26", "26");
    maven("3.8.7");
    Outcome outcome = launch(Map.of("JAVA_HOME", old.toString(), "BITLOOM_JVM_ROOT", fresh.getParent().toString()));
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().startsWith("java " + fresh + "/bin/java\n"), outcome.out());
  }

  @Test
  void findsTheJdkOfToolchainsXml() throws Exception {
    Path jdk = jdk("somewhere else/jdk", "25");
    maven("3.8.7");
    Files.createDirectories(temp.resolve("home/.m2"));
    Files.writeString(temp.resolve("home/.m2/toolchains.xml"), "<jdkHome> " + jdk + " </jdkHome>\n");
    Outcome outcome = launch(Map.of());
    assertTrue(outcome.out().startsWith("java " + jdk + "/bin/java\n"), outcome.out() + outcome.err());
  }

  @Test
  void saysWhatItSawWhenNoJdkIsNewEnough() throws Exception {
    Path old = jdk("jdk17", "17.0.2");
    Outcome outcome = launch(Map.of("JAVA_HOME", old.toString()));
    assertEquals(2, outcome.status());
    assertTrue(outcome.err().contains("needs a JDK 25 or newer"), outcome.err());
    assertTrue(outcome.err().contains(old + " is Java 17"), outcome.err());
  }

  @Test
  void refusesARuntimeWithoutCompiler() throws Exception {
    Path jre = jdk("jre25", "25");
    Files.delete(jre.resolve("bin/javac"));
    Outcome outcome = launch(Map.of("JAVA_HOME", jre.toString()));
    assertEquals(2, outcome.status());
    assertTrue(outcome.err().contains("without a compiler"), outcome.err());
  }

  @Test
  void saysThatMavenIsMissingOrOld() throws Exception {
    Path jdk = jdk("jdk25", "25");
    Outcome without = launch(Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(2, without.status());
    assertTrue(without.err().contains("'mvn' is not on PATH"), without.err());
    maven("3.6.3");
    Outcome old = launch(Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(2, old.status());
    assertTrue(old.err().contains("'mvn' on PATH is 3.6.3"), old.err());
  }

  @Test
  void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
    Path jdk = jdk("jdk25", "25");
    maven("3.9.0");
    Map<String, String> environment = Map.of("JAVA_HOME", jdk.toString());
    assertTrue(launch(environment).err().contains("building"));
    assertEquals("", launch(environment).err());
    Path source = clone.resolve("facade/src/main/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertTrue(launch(environment).err().contains("building"));
  }

  @Test
  void buildsAgainWhenADependencyIsGone() throws Exception {
    Path jdk = jdk("jdk25", "25");
    maven("3.9.0");
    Map<String, String> environment = Map.of("JAVA_HOME", jdk.toString());
    launch(environment);
    Files.writeString(clone.resolve("facade/target/classpath.dependencies"), temp + "/gone.jar");
    assertTrue(launch(environment).err().contains("building"));
  }

  @Test
  void reportsAFailedBuildAndForgetsTheOldOne() throws Exception {
    Path jdk = jdk("jdk25", "25");
    script(tools.resolve("mvn"),
        "#!/bin/sh\n[ \"$2\" = -v ] && echo Apache Maven 3.9.0 && exit\necho KAPUTT\nexit 1\n");
    Outcome outcome = launch(Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(2, outcome.status());
    assertTrue(outcome.err().contains("KAPUTT"), outcome.err());
    assertFalse(Files.exists(clone.resolve("facade/target/classpath.dependencies")));
    assertFalse(Files.exists(clone.resolve("dist/build.lock")));
  }

  @Test
  void twoFirstUsesBuildOnce() throws Exception {
    Path jdk = jdk("jdk25", "25");
    maven("3.9.0");
    Process first = start(Map.of("JAVA_HOME", jdk.toString()), "one");
    Process second = start(Map.of("JAVA_HOME", jdk.toString()), "two");
    assertTrue(first.waitFor(60, TimeUnit.SECONDS) && second.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, first.exitValue());
    assertEquals(0, second.exitValue());
    assertEquals(1, Files.readAllLines(clone.resolve("builds")).size());
  }

  @Test
  void takesOverTheLockOfABuildThatDied() throws Exception {
    Path jdk = jdk("jdk25", "25");
    maven("3.9.0");
    Files.createDirectories(clone.resolve("dist/build.lock"));
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.writeString(clone.resolve("dist/build.lock/pid"), gone.pid() + "\n");
    Outcome outcome = launch(Map.of("JAVA_HOME", jdk.toString()));
    assertEquals(0, outcome.status(), outcome.err());
  }

  @Test
  void runsThroughASymbolicLinkFromAnotherFolder() throws Exception {
    Path jdk = jdk("jdk25", "25");
    maven("3.9.0");
    Path link = Files.createSymbolicLink(temp.resolve("bl"), clone.resolve("bitloom"));
    Outcome outcome = finish(process(Map.of("JAVA_HOME", jdk.toString()), link, "doctor").start());
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().endsWith("arg doctor\n"), outcome.out());
  }

  @Test
  void aBundleRunsItsOwnRuntime() throws Exception {
    Path bundle = Files.createDirectories(temp.resolve("the bundle"));
    Files.copy(SCRIPT, bundle.resolve("bitloom"));
    Files.createDirectories(bundle.resolve("jre/bin"));
    script(bundle.resolve("jre/bin/java"), JAVA);
    Outcome outcome = finish(process(Map.of(), bundle.resolve("bitloom"), "selftest").start());
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().contains("arg -Dbitloom.natives=" + bundle.toRealPath() + "/natives\n"), outcome.out());
    assertTrue(outcome.out().contains("arg " + bundle.toRealPath() + "/lib/*\n"), outcome.out());
  }

  private Path jdk(String name, String version) throws IOException {
    Path jdk = Files.createDirectories(temp.resolve(name));
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(jdk.resolve("bin/java"), JAVA);
    script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    return jdk;
  }

  /** A Maven that takes a second and leaves what a build leaves. */
  private void maven(String version) throws IOException {
    script(tools.resolve("mvn"), """
        #!/bin/sh
        if [ "$2" = -v ]; then echo "Apache Maven %s (x)"; exit; fi
        echo build >>builds
        sleep 1
        mkdir -p facade/target/classes/org/bitloom/cli
        : >facade/target/classes/org/bitloom/cli/Main.class
        printf '%%s' "$PWD/pom.xml" >facade/target/classpath.dependencies
        """.formatted(version));
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  private static void age(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private Outcome launch(Map<String, String> environment, String... args) throws Exception {
    return finish(start(environment, args));
  }

  private Process start(Map<String, String> environment, String... args) throws IOException {
    return process(environment, clone.resolve("bitloom"), args).start();
  }

  private ProcessBuilder process(Map<String, String> environment, Path script, String... args) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    Map<String, String> own = new TreeMap<>(Map.of("PATH", tools.toString(), "HOME", temp.resolve("home").toString(),
        "BITLOOM_JVM_ROOT", temp.resolve("no jvms").toString()));
    own.putAll(environment);
    builder.environment().clear();
    builder.environment().putAll(own);
    return builder;
  }

  private static Outcome finish(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Outcome(process.exitValue(), out, err);
  }
}
