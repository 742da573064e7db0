/**
 * Line charts as SVG and PNG without AWT, which would add 8 MiB to a bundle and needs fonts that servers do not have: a
 * drawing is a list of marks, and each file type is one writer of marks.
 */
package org.bitloom.picture;
