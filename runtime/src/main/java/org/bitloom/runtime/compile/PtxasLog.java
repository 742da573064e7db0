package org.bitloom.runtime.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.bitloom.runtime.api.KernelResources;

/** Reads the resources of entries from what {@code ptxas -v} prints. */
final class PtxasLog {
  private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
  private static final Pattern PROPERTIES = Pattern.compile("Function properties for (\\S+)");
  private static final Pattern FRAME = Pattern
      .compile("(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SMEM = Pattern.compile("(\\d+)(?:\\+\\d+)? bytes smem");

  private PtxasLog() {
  }

  /** The entries of {@code log}, in its order. */
  static List<KernelResources> parse(String log) {
    List<KernelResources> entries = new ArrayList<>();
    String entry = "";
    String function = "";
    int[] frame = new int[3];
    for (String line : log.lines().toList()) {
      Matcher named = ENTRY.matcher(line);
      Matcher described = PROPERTIES.matcher(line);
      Matcher framed = FRAME.matcher(line);
      Matcher used = REGISTERS.matcher(line);
      if (named.find()) {
        entry = named.group(1);
        frame = new int[3];
      } else if (described.find()) {
        function = described.group(1);
      } else if (framed.find() && function.equals(entry)) {
        frame = new int[]{number(framed, 1), number(framed, 2), number(framed, 3)};
      } else if (used.find() && !entry.isEmpty()) {
        Matcher smem = SMEM.matcher(line);
        entries.add(
            new KernelResources(entry, number(used, 1), smem.find() ? number(smem, 1) : 0, frame[0], frame[1],
                frame[2]));
        entry = "";
      }
    }
    return List.copyOf(entries);
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
