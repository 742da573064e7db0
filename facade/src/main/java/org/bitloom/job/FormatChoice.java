package org.bitloom.job;

import org.bitloom.runtime.api.KernelUnit;
import org.bitloom.runtime.api.WeightFormat;

/** A weight format and the kernel of it to run. */
public record FormatChoice(WeightFormat format, KernelUnit kernel) {
}
