package org.bitloom.runtime.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where the sections of one packed matrix lie: the codes, then each parameter plane, each at a multiple of 256 bytes.
 * Parameters of rows and groups are stored {@code [ceil(n/16)][groups][8][2]}: the pair of rows g and g + 8 of a tile lie
 * side by side, as the lanes of an MMA fragment read them (PTX ISA, mma.m16n8k16, accumulator fragment). Integers of 4
 * stored bits lie two to a byte, row g in the low half. A tensor parameter is one number at the start of its section.
 *
 * <p>Binary-coded weights have a code plane and a scale plane for each sign, one after the other, so that what only the
 * first p planes need is contiguous and the rest need not be read. All scale planes have the same size, hence one stride.
 */
public record PackedShape(FormatInfo format, LayoutInfo layout, int n, int k) {
  private static final int ALIGNMENT = 256;

  public PackedShape {
    if (n < 1 || k < 1) {
      throw new IllegalArgumentException("a weight matrix has n, k >= 1, not " + n + " x " + k);
    }
  }

  /** A byte range of the packed buffer. */
  public record Section(long offset, long bytes) {
  }

  /** Fragment tiles along n. */
  public int tiles() {
    return Math.ceilDiv(n, LayoutInfo.TILE_ROWS);
  }

  /** Packing units along k. */
  public int units() {
    return Math.ceilDiv(k, layout.unitK());
  }

  /** Bytes of one 16 x unitK unit of codes, all its code planes together. */
  public int unitBytes() {
    return LayoutInfo.TILE_ROWS * layout.unitK() * format.codeBits() / 8;
  }

  /** The codes. */
  public Section codes() {
    return new Section(0, (long) tiles() * units() * unitBytes());
  }

  /**
   * The parts of the codes section that are laid out {@code [ceil(n/16)][ceil(k/unitK)][unit]} each: the section itself, or
   * one part for each plane of binary-coded weights.
   */
  public List<Section> codePlanes() {
    int count = switch (format.element()) {
      case DecodeTable _ -> 1;
      case SignPlanes signs -> signs.count();
    };
    long bytes = codes().bytes() / count;
    return IntStream.range(0, count).mapToObj(i -> new Section(codes().offset() + i * bytes, bytes)).toList();
  }

  /** One section for each plane of {@link FormatInfo#planes()}, in that order. */
  public List<Section> planes() {
    List<Section> sections = new ArrayList<>();
    long offset = align(codes().bytes());
    for (ParamPlane plane : format.planes()) {
      long bytes = plane.grouping() instanceof Grouping.Tensor
          ? Math.max(8, plane.type().storedBits()) / 8
          : (long) tiles() * plane.grouping().groups(k) * LayoutInfo.TILE_ROWS * plane.type().storedBits() / 8;
      sections.add(new Section(offset, bytes));
      offset = align(offset + bytes);
    }
    return List.copyOf(sections);
  }

  /** The s32 sums of the codes of the rows, {@code [ceil(n/16)][8][2]}, where the layout stores them; behind the planes. */
  public Optional<Section> rowSums() {
    return layout.rowSums() == LayoutInfo.RowSums.NONE
        ? Optional.empty()
        : Optional.of(new Section(align(endOfPlanes()), (long) tiles() * LayoutInfo.TILE_ROWS * Integer.BYTES));
  }

  private long endOfPlanes() {
    List<Section> planes = planes();
    Section last = planes.isEmpty() ? codes() : planes.getLast();
    return last.offset() + last.bytes();
  }

  /** Bytes of the whole packed buffer, padding included. */
  public long bytes() {
    return align(rowSums().map(sums -> sums.offset() + sums.bytes()).orElseGet(this::endOfPlanes));
  }

  /** Bytes that a kernel must read: codes and planes without alignment gaps. */
  public long payloadBytes() {
    return codes().bytes() + planes().stream().mapToLong(Section::bytes).sum()
        + rowSums().map(Section::bytes).orElse(0L);
  }

  /** Bytes that a kernel must read which uses only the first {@code signs} planes of binary-coded weights. */
  public long payloadBytes(SignPlanes signs) {
    if (!(format.element() instanceof SignPlanes all) || signs.count() > all.count()) {
      throw new IllegalArgumentException(format.name() + " has no " + signs.count() + " sign planes");
    }
    List<Section> parameters = planes();
    long unread = codePlanes().stream().skip(signs.count()).mapToLong(Section::bytes).sum()
        + parameters.subList(signs.count(), all.count()).stream().mapToLong(Section::bytes).sum();
    return payloadBytes() - unread;
  }

  private static long align(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }
}
