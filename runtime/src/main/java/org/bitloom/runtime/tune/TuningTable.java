package org.bitloom.runtime.tune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.bitloom.runtime.api.BatchBucket;

/** Entries, found by what they were measured for. Immutable. */
public final class TuningTable {
  /** A table without entries. */
  public static final TuningTable EMPTY = of(List.of());

  /** How well an entry fits what is asked; better ones first. */
  public enum Fit {
    /** Measured for this very key. */
    EXACT,
    /** The same kernel, device and shape under another driver, compiler or generator. */
    OTHER_VERSION,
    /** Another kernel of the same format, such as one with an epilogue. */
    OTHER_KERNEL,
    /** Measured for a larger batch that fills the same tiles. */
    LARGER_BATCH,
    /** The text of a winner at another shape, see {@link ShapeTransfer}. */
    OTHER_SHAPE
  }

  /** An entry that may help. */
  public record Found(TuningEntry entry, Fit fit) {
  }

  /** What no fallback may change: another device, layout or shape is another problem. */
  private record Place(String device, String format, String layout, int n, int k, int bucket) {
    static Place of(TuningKey key, int bucket) {
      return new Place(key.platform().device(), key.format(), key.layout(), key.n(), key.k(), bucket);
    }
  }

  /** What winners of other shapes must have in common with what is asked. */
  private record Kind(String device, String format, String layout, int bucket) {
    static Kind of(TuningKey key, int bucket) {
      return new Kind(key.platform().device(), key.format(), key.layout(), bucket);
    }
  }

  private final Map<Place, List<TuningEntry>> entries = new HashMap<>();
  private final Map<Kind, List<TuningEntry>> kinds = new HashMap<>();

  private TuningTable() {
  }

  /** The table of {@code entries}. */
  public static TuningTable of(Collection<TuningEntry> entries) {
    TuningTable table = new TuningTable();
    for (TuningEntry entry : entries) {
      table.entries.computeIfAbsent(Place.of(entry.key(), entry.key().bucket()), _ -> new ArrayList<>()).add(entry);
      table.kinds.computeIfAbsent(Kind.of(entry.key(), entry.key().bucket()), _ -> new ArrayList<>()).add(entry);
    }
    return table;
  }

  /** Number of entries. */
  public int size() {
    return entries.values().stream().mapToInt(List::size).sum();
  }

  /** The entries that may help with {@code key}, the best first; in one order for one set of entries. */
  public List<Found> find(TuningKey key) {
    List<Found> found = new ArrayList<>();
    for (TuningEntry entry : entries.getOrDefault(Place.of(key, key.bucket()), List.of())) {
      found.add(new Found(entry, fit(key, entry.key())));
    }
    BatchBucket.of(key.bucket()).fuller().forEach(fuller -> entries
        .getOrDefault(Place.of(key, fuller), List.of())
        .forEach(entry -> found.add(new Found(entry, Fit.LARGER_BATCH))));
    found.sort(Comparator.comparing(Found::fit).thenComparingInt(f -> f.entry().key().bucket())
        .thenComparing(f -> !f.entry().key().kernel().equals(key.kernel())).thenComparing(f -> f.entry().key()));
    return List.copyOf(found);
  }

  /**
   * Winners of the same format and batches at other shapes, or of the nearest larger batches that fill as many tiles; where some
   * were found for the very texts of {@code key}, those alone: fewer sign planes of the same weights are other texts.
   */
  public List<TuningEntry> elsewhere(TuningKey key) {
    return IntStream.concat(IntStream.of(key.bucket()), BatchBucket.of(key.bucket()).fuller())
        .mapToObj(bucket -> kinds.getOrDefault(Kind.of(key, bucket), List.of()).stream()
            .filter(entry -> entry.key().n() != key.n() || entry.key().k() != key.k()).toList())
        .filter(winners -> !winners.isEmpty()).findFirst().map(winners -> sameTexts(winners, key)).orElse(List.of());
  }

  private static List<TuningEntry> sameTexts(List<TuningEntry> winners, TuningKey key) {
    List<TuningEntry> same = winners.stream().filter(entry -> entry.key().generator().equals(key.generator())).toList();
    return same.isEmpty() ? winners : same;
  }

  private static Fit fit(TuningKey asked, TuningKey stored) {
    if (asked.equals(stored)) {
      return Fit.EXACT;
    }
    return asked.kernel().equals(stored.kernel()) ? Fit.OTHER_VERSION : Fit.OTHER_KERNEL;
  }
}
