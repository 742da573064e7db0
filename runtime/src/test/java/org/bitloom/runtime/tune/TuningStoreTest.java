package org.bitloom.runtime.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TuningStoreTest {
  @TempDir
  private Path temp;
  private Path file;

  @BeforeEach
  void name() {
    file = temp.resolve("deeper/tuning.json");
  }

  @Test
  void isEmptyWithoutAFile() {
    assertEquals(List.of(), new TuningStore(file).entries());
  }

  @Test
  void givesBackWhatWasAdded() {
    TuningEntry one = Keys.entry(Keys.key("int4", 8192, 2), 12.345);
    TuningEntry strange = Keys.entry(Keys.key(new TuningPlatform("GPU \"X\" \\ é", "1", "2"), "int4", "k", 1, 1), 1);
    new TuningStore(file).add(one);
    new TuningStore(file).add(strange);
    assertEquals(List.of(strange, one), new TuningStore(file).entries());
  }

  @Test
  void leavesALinkALink() throws IOException {
    Path target = temp.resolve("elsewhere.json");
    Path link = Files.createSymbolicLink(temp.resolve("link.json"), target);
    TuningEntry one = Keys.entry(Keys.key("int4", 8192, 2), 12);
    new TuningStore(link).add(one);
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(List.of(one), new TuningStore(target).entries());
  }

  @Test
  void namesAFolderThatIsNoFile() {
    TuningFileException e = assertThrows(TuningFileException.class, () -> new TuningStore(temp).entries());
    assertEquals(temp + " is a folder, not a file", e.getMessage());
  }

  @Test
  void replacesTheEntryOfAKey() {
    TuningStore store = new TuningStore(file);
    store.add(Keys.entry(Keys.key("int4", 8192, 2), 12));
    store.add(Keys.entry(Keys.key("int4", 8192, 2), 13));
    assertEquals(13, store.entries().getFirst().us());
    assertEquals(1, store.entries().size());
  }

  @Test
  void writesOneLineAnEntryInOneOrderWhateverTheOrderOfAdditions() throws IOException {
    TuningEntry[] entries = {Keys.entry(Keys.key("int4", 8192, 2), 3), Keys.entry(Keys.key("int4", 8192, 16), 3),
        Keys.entry(Keys.key("int4", 10240, 1), 3), Keys.entry(Keys.key("fp6", 8192, 1), 3)};
    new TuningStore(file).add(entries);
    Path other = temp.resolve("other.json");
    for (int i = entries.length - 1; i >= 0; i--) {
      new TuningStore(other).add(entries[i]);
    }
    assertEquals(Files.readString(file), Files.readString(other));
    List<String> lines = Files.readAllLines(file);
    assertEquals(entries.length + 2, lines.size());
    assertTrue(
        lines.subList(1, lines.size() - 1).stream().allMatch(line -> line.startsWith(",{") && line.endsWith("}")));
  }

  @ParameterizedTest
  @CsvSource({"4.0, 4", "6.0, 5"})
  void linesOfTwoFilesMergeIntoAFileOfTheFasterTimesWhateverTheirOrder(String later, double faster) throws IOException {
    new TuningStore(file).add(Keys.entry(Keys.key("int4", 1, 1), 5), Keys.entry(Keys.key("int4", 2, 1), 6));
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.add(2, lines.get(1).replace("\"us\":5.0", "\"us\":" + later));
    Files.write(file, lines);
    assertEquals(List.of(faster, 6.0), new TuningStore(file).entries().stream().map(TuningEntry::us).toList());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "``                                            | is damaged in line 1",
      "{}                                            | does not start with '['",
      "[]                                            | first element",
      "[{\"bitloom_tuning\":2}                       | is damaged",
      "[{\"bitloom_tuning\":2}]x                     | is damaged",
      "[{\"bitloom_tuning\":2}][]                    | goes on behind",
      "[{\"bitloom_tuning\":0}]                      | no version 0",
      "[{\"bitloom_tuning\":4},{\"new\":[1]}]        | newer Bitloom",
      "[{\"bitloom_tuning\":2},{\"device\":\"a\"}]   | has no 'format'",
      "[{\"bitloom_tuning\":2},{\"device\":3}]       | 'device' is no string",
      "[{\"bitloom_tuning\":2},{\"n\":3.5}]          | 'n' is no integer",
      "[{\"bitloom_tuning\":2},{\"n\":3,\"n\":3}]    | Duplicate field 'n'",
      "[{\"bitloom_tuning\":2},{\"n\":99999999999}]  | is damaged",
      "[{\"bitloom_tuning\":2},{\"colour\":\"a\"}]   | 'colour'",
      "[{\"bitloom_tuning\":2},3]                    | no object"})
  void neitherReadsNorReplacesADamagedOrNewerFile(String text, String message) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    TuningStore store = new TuningStore(file);
    TuningFileException unread = assertThrows(TuningFileException.class, store::entries);
    assertTrue(unread.getMessage().contains(message), unread.getMessage());
    assertTrue(unread.getMessage().contains(file.toString()), unread.getMessage());
    TuningEntry entry = Keys.entry(Keys.key("int4", 1, 1), 1);
    assertThrows(TuningFileException.class, () -> store.add(entry));
    assertEquals(text, Files.readString(file));
  }

  @Test
  void refusesEntriesThatContradictThemselves() throws IOException {
    new TuningStore(file).add(Keys.entry(Keys.key("int4", 1, 2), 5));
    String good = Files.readString(file);
    for (String[] change : new String[][]{{"\"us\":5.0", "\"us\":0"}, {"\"m\":2", "\"m\":3"},
        {"\"n\":1", "\"n\":0"}, {"\"bucket\":2", "\"bucket\":3"}}) {
      assertTrue(good.contains(change[0]), good);
      Files.writeString(file, good.replace(change[0], change[1]));
      assertThrows(TuningFileException.class, new TuningStore(file)::entries);
    }
  }

  /** Version 2 put batches 1 to 8 into one bucket: what was measured for one of them now counts for those nearest to it. */
  @Test
  void readsEntriesOfVersionTwoAndWritesThemAnew() throws IOException {
    TuningEntry[] entries = {Keys.entry(Keys.key("int4", 8192, 1), 3), Keys.entry(Keys.key("int4", 8192, 8), 4),
        Keys.entry(Keys.key("int4", 8192, 24), 5)};
    TuningStore store = new TuningStore(file);
    store.add(entries);
    String now = Files.readString(file);
    Files.writeString(file, now.replace("tuning\":3", "tuning\":2").replace("\"bucket\":8", "\"bucket\":1")
        .replace("\"bucket\":24", "\"bucket\":3"));
    assertEquals(List.of(entries), store.entries());
    store.add(entries[0]);
    assertEquals(now, Files.readString(file));
    Files.writeString(file, now.replace("tuning\":3", "tuning\":2"));
    assertThrows(TuningFileException.class, store::entries);
  }

  @Test
  void writersAtOnceLoseNothing() throws Exception {
    int writers = 4;
    int each = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      List<Future<?>> done = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        int writer = w;
        done.add(threads.submit(() -> {
          TuningStore store = new TuningStore(file);
          for (int i = 1; i <= each; i++) {
            store.add(Keys.entry(Keys.key("format" + writer, i, 1), i));
          }
        }));
      }
      for (Future<?> future : done) {
        future.get();
      }
    }
    assertEquals(writers * each, new TuningStore(file).entries().size());
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertEquals(List.of("tuning.json", "tuning.json.lock"),
          left.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }
}
