package org.bitloom.runtime.compile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Names a compiled kernel by all that went into it: SHA-256 of compiler, architecture, name, options and text.
 *
 * @param hex 64 hexadecimal digits
 */
public record CacheKey(String hex) {
  /** Grows when the compiler is called differently, or entries are written differently. */
  private static final String RECIPE = "bitloom kernel 1";

  /** The key of what the compiler named {@code compiler} makes of {@code request}. */
  public static CacheKey of(CompileRequest request, String compiler) {
    MessageDigest digest = Sha256.digest();
    add(digest, RECIPE);
    add(digest, compiler);
    add(digest, request.arch());
    add(digest, request.name());
    digest.update(ByteBuffer.allocate(4).putInt(0, request.options().size()));
    request.options().forEach(option -> add(digest, option));
    add(digest, request.cuda());
    return new CacheKey(HexFormat.of().formatHex(digest.digest()));
  }

  /** Each text goes in after its length, so that no two lists of texts look alike. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    digest.update(bytes);
  }
}
