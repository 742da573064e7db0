package org.bitloom.runtime.api;

/** What the code of one weight stands for, before scales and offsets. */
public sealed interface ElementInfo permits DecodeTable, SignPlanes {
}
