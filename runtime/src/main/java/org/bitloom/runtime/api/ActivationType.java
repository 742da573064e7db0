package org.bitloom.runtime.api;

/** Type of activations and results. */
public enum ActivationType {
  F16, BF16
}
