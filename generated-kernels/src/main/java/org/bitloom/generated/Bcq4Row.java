package org.bitloom.generated;

import java.util.List;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.LayoutInfo;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.api.WeightFormat;

/**
 * The format {@code bcq4_row}, ready to use. Generated from
 * <pre>
 * format bcq4_row {
 *   element binary 4
 *   scale f16 per row
 *   offset f16 per row
 * }
 * </pre>
 */
public final class Bcq4Row {
  private Bcq4Row() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("bcq4_row", "format bcq4_row {\n"
            + "  element binary 4\n"
            + "  scale f16 per row\n"
            + "  offset f16 per row\n"
            + "}\n", 4,
            new SignPlanes(4),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.OFFSET, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(256, "4xa16x16-v1-d2c05d49");
    return new WeightFormat(info, layout, new Bcq4RowPacker(), List.of());
  }
}
