package org.bitloom.codegen.cuda;

import java.util.List;

import org.bitloom.codegen.ir.PlaneUse;
import org.bitloom.runtime.api.Grouping;
import org.bitloom.runtime.api.ParamType;

/** Text that brings the parameters of a tile into registers, wherever they come from. */
final class ParamText {
  private ParamText() {
  }

  /** Functions that {@link #preload} of some of the planes calls. */
  static String functions(List<PlaneUse> planes) {
    return planes.stream().anyMatch(u -> u.plane().grouping() instanceof Grouping.Tensor)
        ? """
            // One number of `Bits` bits at the start of a section.
            template <int Bits>
            __device__ __forceinline__ u32 load_number(const u8* from) {
              return Bits == 32 ? *reinterpret_cast<const u32*>(from) : Bits == 16 ? *reinterpret_cast<const u16*>(from) : *from;
            }
            """
        : "";
  }

  /** Row and tensor parameters are fetched before the pipeline starts and wait in registers. */
  static String preload(PlaneUse use) {
    return switch (use.plane().grouping()) {
      case Grouping.Group g -> "";
      case Grouping.Tensor t -> """
          const Pair %1$s_all = %1$s_pair(load_number<%2$s>(%1$s), 0, 0);
          """.formatted(use.name(), use.plane().type().storedBits());
      case Grouping.Row r -> """
          u32 %1$s_words[kRowTiles][2];
          #pragma unroll
          for (int r = 0; r < kRowTiles; ++r) {
            const u8* from = %1$s + static_cast<u64>(at.tile(r)) * %2$s + %3$s;
            %1$s_words[r][0] = reinterpret_cast<const u32*>(from)[0];
            %1$s_words[r][1] = %4$s;
          }
          """.formatted(use.name(), 16 * use.plane().type().storedBits() / 8,
          PairText.byteInGroup(use.plane().type(), "at.lane / 4"),
          use.plane().type() == ParamType.Float.F32 ? "reinterpret_cast<const u32*>(from)[1]" : "0");
    };
  }

  /** A statement that declares the pair of parameters {@code value} of row tile r. */
  static String fetch(PlaneUse use, String value) {
    String g = "at.lane / 4";
    return switch (use.plane().grouping()) {
      case Grouping.Tensor t -> "const Pair %s = {%s_all.low, %s_all.low};\n".formatted(value, use.name(), use.name());
      case Grouping.Row r -> "const Pair %1$s = %2$s_pair(%2$s_words[r][0], %2$s_words[r][1], %3$s);\n".formatted(value,
          use.name(), g);
      case Grouping.Group group -> {
        String address = "slot + k%sRing + (r * kFlushes + flush) * %s + %s".formatted(CudaNames.constant(use.name()),
            use.groupBytes(), PairText.byteInGroup(use.plane().type(), g));
        yield "const Pair %s = %s_pair(load_shared(%s), %s, %s);\n".formatted(value, use.name(), address,
            use.plane().type() == ParamType.Float.F32 ? "load_shared(" + address + " + 4)" : "0", g);
      }
    };
  }
}
