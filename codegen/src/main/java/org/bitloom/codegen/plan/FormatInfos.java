package org.bitloom.codegen.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.bitloom.dsl.model.Codec;
import org.bitloom.dsl.model.Codec.BinaryCodec;
import org.bitloom.dsl.model.FormatSpec;
import org.bitloom.dsl.model.Granularity;
import org.bitloom.dsl.model.NumberType;
import org.bitloom.dsl.model.ScaleSpec;
import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.ElementInfo;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamPlane;
import org.bitloom.runtime.api.ParamPlane.Role;
import org.bitloom.runtime.api.ParamType;
import org.bitloom.runtime.api.SignPlanes;

/** Turns a checked format into what the runtime knows of it. */
public final class FormatInfos {
  private FormatInfos() {
  }

  /**
   * The runtime's view of {@code spec}.
   *
   * @param declaration the canonical text of the format
   */
  public static FormatInfo of(FormatSpec spec, String declaration) {
    ElementInfo element = element(spec.codec());
    List<ParamPlane> planes = new ArrayList<>();
    int scales = element instanceof SignPlanes signs ? signs.count() : 1;
    spec.scales().forEach(scale -> planes.addAll(Collections.nCopies(scales, plane(Role.SCALE, scale))));
    spec.zero().ifPresent(zero -> planes.add(plane(Role.ZERO, zero)));
    spec.offset().ifPresent(offset -> planes.add(plane(Role.OFFSET, offset)));
    return new FormatInfo(spec.name(), declaration, spec.codec().bits(), element, planes);
  }

  private static ElementInfo element(Codec codec) {
    if (codec instanceof BinaryCodec binary) {
      return new SignPlanes(binary.planes());
    }
    float[] values = new float[1 << codec.bits()];
    for (int code = 0; code < values.length; code++) {
      values[code] = (float) codec.value(code);
    }
    return DecodeTable.of(values);
  }

  private static ParamPlane plane(Role role, ScaleSpec scale) {
    return new ParamPlane(role, type(scale.type()), grouping(scale.granularity()));
  }

  private static ParamType type(NumberType type) {
    return switch (type) {
      case NumberType.Float f -> ParamType.Float.valueOf(f.name());
      case NumberType.Int i -> new ParamType.Int(i.bits(), ParamType.Int.Sign.SIGNED);
      case NumberType.Uint u -> new ParamType.Int(u.bits(), ParamType.Int.Sign.UNSIGNED);
      case NumberType.Bipolar b -> throw new IllegalArgumentException("parameters are never " + b.spelling());
    };
  }

  private static Grouping grouping(Granularity granularity) {
    return switch (granularity) {
      case Granularity.PerTensor t -> new Grouping.Tensor();
      case Granularity.PerRow r -> new Grouping.Row();
      case Granularity.PerGroup g -> new Grouping.Group(g.size());
    };
  }
}
