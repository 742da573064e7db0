package org.bitloom.codegen.ir;

import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;

/** One parameter plane as a kernel uses it: its name in the text and where its numbers come from. */
public record PlaneUse(String name, ParamPlane plane) {
  /** Features of a group; only for planes of groups. */
  public int groupSize() {
    return ((Grouping.Group) plane.grouping()).size();
  }

  /** Whether the plane's numbers travel with the codes. */
  public boolean grouped() {
    return plane.grouping() instanceof Grouping.Group;
  }

  /** Bytes of the 16 numbers of one tile and group. */
  public int groupBytes() {
    return 16 * plane.type().storedBits() / 8;
  }
}
