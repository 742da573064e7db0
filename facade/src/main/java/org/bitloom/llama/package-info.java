/**
 * A plain-Java forward pass of Llama models (Touvron et al., arXiv 2302.13971), to measure what quantization costs a model. It
 * is made to be right and short, not to serve.
 */
package org.bitloom.llama;
