package org.bitloom.safetensors;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every way a file can lie is refused, with a message that names the file, the tensor and what is wrong. */
class HostileFileTest {
  private static String tensor(String shape, String offsets) {
    return "{\"w\":{\"dtype\":\"F16\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
  }

  private static String two(String first, String second) {
    return "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + first
        + "},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + second + "}}";
  }

  private static Arguments file(String header, int dataBytes, String... expected) {
    return Arguments.of(header, RawFile.bytes(header, dataBytes), expected);
  }

  private static Arguments raw(String name, long length, byte[] header, String... expected) {
    return Arguments.of(name, RawFile.bytes(length, header, 0), expected);
  }

  static Stream<Arguments> cases() {
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        Arguments.of("no bytes", new byte[0], new String[]{"has 0 bytes"}),
        Arguments.of("seven bytes", new byte[7], new String[]{"has 7 bytes"}),
        raw("empty header", 0, new byte[0], "does not start with '{'"),
        raw("length one past the end", 3, empty, "3 bytes reaches past the end", "10 bytes"),
        raw("length far past the end", 99_999_999, empty, "99999999 bytes reaches past the end"),
        raw("header above the limit", 100_000_001, empty, "100000001 bytes", "at most 100000000"),
        raw("length of 2^63", Long.MIN_VALUE, empty, "9223372036854775808 bytes"),
        raw("length of 2^64 - 1", -1, empty, "18446744073709551615 bytes"),
        raw("not UTF-8", 4, new byte[]{'{', (byte) 0xc3, (byte) 0x28, '}'}, "no valid UTF-8"),
        raw("overlong UTF-8", 6, new byte[]{'{', '"', (byte) 0xc0, (byte) 0xaf, '"', '}'}, "no valid UTF-8"),
        file(" {}", 0, "does not start with '{'"),
        file("[]", 0, "does not start with '{'"),
        file("{", 0, "no valid JSON"),
        file("{\"w\":", 0, "no valid JSON"),
        file("{'w':1}", 0, "no valid JSON"),
        file("{} {}", 0, "goes on after its closing"),
        file("{}\u0000", 0, "no valid JSON"),
        file("{/* comment */}", 0, "no valid JSON"),
        file("{\"w\":" + "[".repeat(100_000), 0, "'w' is no object"),
        file("{\"w\":{\"dtype\":" + "{\"a\":".repeat(1000), 0, "'w' has a dtype that is no string"),
        file("{\"w\":1}", 0, "tensor 'w' is no object"),
        file("{\"w\":null}", 0, "tensor 'w' is no object"),
        file("{\"w\":{}}", 0, "tensor 'w' has no 'dtype'"),
        file("{\"w\":{\"dtype\":\"F16\",\"shape\":[1]}}", 2, "tensor 'w' has no 'data_offsets'"),
        file("{\"w\":{\"dtype\":\"F16\",\"data_offsets\":[0,2]}}", 2, "tensor 'w' has no 'shape'"),
        file("{\"w\":{\"dtype\":\"F17\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2, "'w'", "unknown dtype 'F17'"),
        file("{\"w\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,2]}}", 2, "'w'", "dtype that is no string"),
        file("{\"w\":{\"dtype\":\"F16\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2, "'dtype' twice"),
        file("{\"w\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2],\"x\":1}}", 2, "unknown key 'x'"),
        file("{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "'w' appears twice"),
        file(tensor("[-1]", "[0,2]"), 2, "'w'", "shape of -1, which is negative"),
        file(tensor("[1.5]", "[0,2]"), 2, "'w'", "more than integers: 1.5"),
        file(tensor("[1e3]", "[0,2]"), 2, "'w'", "more than integers"),
        file(tensor("[\"1\"]", "[0,2]"), 2, "'w'", "more than integers"),
        file(tensor("4", "[0,2]"), 2, "'w'", "shape that is no array"),
        file(tensor("[9223372036854775808]", "[0,2]"), 2, "'w'", "overflows 63 bits"),
        file(tensor("[4294967296,4294967296]", "[0,2]"), 2, "'w'", "no number of bytes"),
        file(tensor("[4294967296,4294967296,0]", "[0,0]"), 0, "'w'", "no number of bytes"),
        file(tensor("[4611686018427387904]", "[0,2]"), 2, "'w'", "no number of bytes"),
        file("{\"w\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "'w'", "no number of bytes"),
        file(tensor("[1]", "[0]"), 2, "'w'", "1 data_offsets instead of 2"),
        file(tensor("[1]", "[0,1,2]"), 2, "'w'", "3 data_offsets instead of 2"),
        file(tensor("[1]", "[-2,0]"), 2, "'w'", "data_offsets of -2, which is negative"),
        file(tensor("[1]", "[2,0]"), 2, "'w'", "ends at 0, before it begins at 2"),
        file(tensor("[1]", "[0,9223372036854775808]"), 2, "'w'", "overflows 63 bits"),
        file(tensor("[2]", "[0,2]"), 2, "'w'", "2 bytes at 0..2", "are 4"),
        file(tensor("[1]", "[0,4]"), 4, "'w'", "4 bytes at 0..4", "are 2"),
        file(tensor("[1,2]", "[0,4]"), 3, "'w'", "ends at byte 4 of the data, which has 3", "cut off"),
        file(tensor("[1]", "[9223372036854775805,9223372036854775807]"), 2, "'w'", "cut off"),
        file(two("[0,4]", "[2,6]"), 6, "'b'", "overlaps tensor 'a'"),
        file(two("[0,4]", "[0,4]"), 4, "overlaps tensor"),
        file(two("[0,4]", "[5,9]"), 9, "'b'", "bytes from 4 on belong to no tensor"),
        file(two("[4,8]", "[8,12]"), 12, "'a'", "bytes from 0 on belong to no tensor"),
        file(two("[0,4]", "[4,8]"), 9, "1 bytes at the end of the file belong to no tensor"),
        file("{}", 1, "1 bytes at the end"),
        file("{\"__metadata__\":[]}", 0, "__metadata__ is no object"),
        file("{\"__metadata__\":{\"a\":1}}", 0, "__metadata__ 'a' is no string"),
        file("{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", 0, "__metadata__ 'a' is no string"),
        file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "__metadata__ 'a' appears twice"),
        file("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' appears twice"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isRefused(String name, byte[] bytes, String[] expected, @TempDir Path folder) throws IOException {
    Path file = RawFile.write(folder, bytes);
    SafetensorsException e = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(file).close(), name);
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    for (String part : expected) {
      assertTrue(e.getMessage().contains(part), () -> "'" + part + "' is not in: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void everyPrefixOfAGoodFileIsRefused(int length, @TempDir Path folder) throws IOException {
    byte[] whole = RawFile.bytes(two("[0,4]", "[4,8]"), 8);
    Path file = RawFile.write(folder, java.util.Arrays.copyOf(whole, length));
    assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(file).close());
  }

  static Stream<Integer> cuts() {
    return java.util.stream.IntStream.range(0, RawFile.bytes(two("[0,4]", "[4,8]"), 8).length).boxed();
  }
}
