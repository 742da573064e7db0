package org.bitloom.codegen.java;

import java.util.ArrayList;
import java.util.List;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.Granularity.PerGroup;
import org.bitloom.dsl.model.Granularity.PerRow;
import org.bitloom.dsl.model.Granularity.PerTensor;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;

/** What the runtime knows of a format, as a value made from the checked declaration. */
public final class FormatInfos {
  private FormatInfos() {
  }

  /**
   * The format's description.
   *
   * @param declaration the {@code .bl} text of the format alone
   * @throws IllegalArgumentException for binary-coded weights and bipolar parameters, which the runtime does not know
   */
  public static FormatInfo of(FormatSpec format, String declaration) {
    if (format.codec() instanceof BinaryCodec) {
      throw new IllegalArgumentException(format.name() + ": a binary code has no value of its own");
    }
    List<ParamPlane> planes = new ArrayList<>();
    format.scales().forEach(scale -> planes.add(plane(Role.SCALE, scale)));
    format.zero().ifPresent(zero -> planes.add(plane(Role.ZERO, zero)));
    format.offset().ifPresent(offset -> planes.add(plane(Role.OFFSET, offset)));
    return new FormatInfo(format.name(), declaration, format.codec().bits(), table(format.codec()), planes);
  }

  private static DecodeTable table(Codec codec) {
    float[] values = new float[1 << codec.bits()];
    for (int code = 0; code < values.length; code++) {
      values[code] = (float) codec.value(code);
    }
    return DecodeTable.of(values);
  }

  private static ParamPlane plane(Role role, ScaleSpec spec) {
    return new ParamPlane(role, type(spec.type()), grouping(spec.granularity()));
  }

  private static ParamType type(NumberType type) {
    return switch (type) {
      case NumberType.Float f -> switch (f) {
        case F16 -> ParamType.Float.F16;
        case BF16 -> ParamType.Float.BF16;
        case F32 -> ParamType.Float.F32;
        case E8M0 -> ParamType.Float.E8M0;
        case E4M3 -> ParamType.Float.E4M3;
      };
      case NumberType.Int i -> new ParamType.Int(i.bits(), ParamType.Int.Sign.SIGNED);
      case NumberType.Uint u -> new ParamType.Int(u.bits(), ParamType.Int.Sign.UNSIGNED);
      case NumberType.Bipolar b -> throw new IllegalArgumentException("no parameter is stored as " + b.spelling());
    };
  }

  private static Grouping grouping(Granularity granularity) {
    return switch (granularity) {
      case PerTensor _ -> new Grouping.Tensor();
      case PerRow _ -> new Grouping.Row();
      case PerGroup group -> new Grouping.Group(group.size());
    };
  }
}
