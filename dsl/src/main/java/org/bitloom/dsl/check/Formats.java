package org.bitloom.dsl.check;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.bitloom.dsl.model.FormatSpec;

/**
 * The declared formats by name.
 *
 * @param byName an empty value is a format that is declared and wrong
 * @param complete whether every format of the text could be read; if not, an unknown name may be one of the others
 */
record Formats(Map<String, Optional<FormatSpec>> byName, boolean complete) {
  Formats {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }
}
