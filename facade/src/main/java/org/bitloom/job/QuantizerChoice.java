package org.bitloom.job;

import org.bitloom.runtime.api.DecodeTable;
import org.bitloom.runtime.api.FormatInfo;
import org.bitloom.runtime.api.SignPlanes;
import org.bitloom.runtime.quant.Absmax;
import org.bitloom.runtime.quant.Alternating;
import org.bitloom.runtime.quant.ClipSearch;
import org.bitloom.runtime.quant.Greedy;
import org.bitloom.runtime.quant.Quantizer;

/** How the user wants scales to be chosen. */
public enum QuantizerChoice {
  /** The one that needs no search, or for binary-coded formats the better one. */
  STANDARD,
  /** No weight is clipped. */
  ABSMAX,
  /** The squared error of each group is searched for. */
  CLIP,
  /** Binary-coded: plane after plane. */
  GREEDY,
  /** Binary-coded: least squares and nearest levels in turns. */
  ALTERNATING,
  /** The one of least error: clip, or alternating for binary-coded formats. */
  BEST;

  /** The quantizer for weights of {@code format}. */
  public Quantizer quantizer(FormatInfo format) {
    return switch (this) {
      case STANDARD -> Quantizer.standard(format);
      case ABSMAX -> new Absmax();
      case CLIP -> new ClipSearch();
      case GREEDY -> new Greedy();
      case ALTERNATING -> new Alternating();
      case BEST -> switch (format.element()) {
        case DecodeTable _ -> new ClipSearch();
        case SignPlanes _ -> new Alternating();
      };
    };
  }

  /** Refuses formats whose scales this does not find. */
  public void requireFor(FormatInfo format) {
    boolean signs = switch (quantizer(format)) {
      case Absmax _,ClipSearch _ -> false;
      case Greedy _,Alternating _ -> true;
    };
    switch (format.element()) {
      case DecodeTable _ when signs -> throw new BadInput(
          format.name() + " is not binary-coded: its scales are found by absmax or clip, not by " + title(format));
      case SignPlanes _ when !signs -> throw new BadInput(
          format.name() + " is binary-coded: its scales are found by greedy or alternating, not by " + title(format));
      case DecodeTable _,SignPlanes _ -> {
      }
    }
  }

  /** What the quantizer for weights of {@code format} is called. */
  public String title(FormatInfo format) {
    return switch (quantizer(format)) {
      case Absmax _ -> "absmax";
      case ClipSearch _ -> "clip";
      case Greedy _ -> "greedy";
      case Alternating _ -> "alternating";
    };
  }
}
