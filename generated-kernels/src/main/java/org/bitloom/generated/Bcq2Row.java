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
 * The format {@code bcq2_row}, ready to use. Generated from
 * <pre>
 * format bcq2_row {
 *   element binary 2
 *   scale f16 per row
 *   offset f16 per row
 * }
 * </pre>
 */
public final class Bcq2Row {
  private Bcq2Row() {
  }

  /**
   * The format: what its codes mean, how they are packed, and the kernels that multiply them.
   */
  public static WeightFormat format() {
    FormatInfo info = new FormatInfo("bcq2_row", "format bcq2_row {\n"
            + "  element binary 2\n"
            + "  scale f16 per row\n"
            + "  offset f16 per row\n"
            + "}\n", 2,
            new SignPlanes(2),
            List.of(new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.SCALE, ParamType.Float.F16, new Grouping.Row()), new ParamPlane(ParamPlane.Role.OFFSET, ParamType.Float.F16, new Grouping.Row())));
    LayoutInfo layout = new LayoutInfo(256, "2xa16x16-v1-d2c05d49");
    return new WeightFormat(info, layout, new Bcq2RowPacker(), List.of());
  }
}
