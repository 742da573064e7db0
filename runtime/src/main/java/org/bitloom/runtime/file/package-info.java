/** Files of the user: how they are replaced, and how what is wrong with them is told. */
package org.bitloom.runtime.file;
