package org.bitloom.runtime.api;

import org.bitloom.runtime.fixture.Formats;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What a product reads of packed weights. */
class PackedShapeTest {
  @Test
  void firstPlanesNeedTheirCodesTheirScalesAndTheOffset() {
    Grouping groups = Formats.groupsOf(32);
    FormatInfo format = Formats.binary(3, Formats.scale(ParamType.Float.F16, groups),
        Formats.offset(ParamType.Float.F16, groups));
    PackedShape shape = new PackedShape(format, new LayoutInfo(64, "l"), 16, 128);
    int plane = 16 * 128 / 8;
    int parameters = 16 * 4 * 2;
    assertEquals(3 * plane + 4 * parameters, shape.payloadBytes());
    assertEquals(2 * plane + 3 * parameters, shape.payloadBytes(new SignPlanes(2)));
    assertEquals(plane + 2 * parameters, shape.payloadBytes(new SignPlanes(1)));
  }
}
