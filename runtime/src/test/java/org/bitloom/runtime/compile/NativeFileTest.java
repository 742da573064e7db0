package org.bitloom.runtime.compile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NativeFileTest {
  private static final String RESOURCE = "lib/libJNvrtc-12.6.0-linux-x86_64.so";
  private static final ClassLoader LOADER = NativeFileTest.class.getClassLoader();

  @TempDir
  Path temporary;

  private static byte[] original() throws IOException {
    try (InputStream in = LOADER.getResourceAsStream(RESOURCE)) {
      return in.readAllBytes();
    }
  }

  private static NativeFile packed() {
    return NativeFile.Packed.find(LOADER, RESOURCE).orElseThrow();
  }

  @Test
  void unpacksOnce() throws IOException {
    CacheFolder cache = CacheFolder.at(temporary.resolve("cache"));
    Path file = packed().unpack(cache);
    assertArrayEquals(original(), Files.readAllBytes(file));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertEquals(file, packed().unpack(cache));
    assertEquals(1_000, Files.getLastModifiedTime(file).toMillis());
  }

  @Test
  void replacesADamagedLibrary() throws IOException {
    CacheFolder cache = CacheFolder.at(temporary.resolve("cache"));
    Path file = packed().unpack(cache);
    byte[] damaged = original();
    damaged[damaged.length / 2] ^= 1;
    Files.write(file, damaged);
    assertArrayEquals(original(), Files.readAllBytes(packed().unpack(cache)));
    Files.write(file, new byte[]{1});
    assertArrayEquals(original(), Files.readAllBytes(packed().unpack(cache)));
  }

  @Test
  void absentResourcesAreAbsent() {
    assertEquals(Optional.empty(), NativeFile.Packed.find(LOADER, "lib/libnothing.so"));
  }

  @Test
  void theIdentityOfAnInstalledLibraryFollowsItsFile() throws IOException {
    Path file = Files.write(temporary.resolve("libnvrtc.so.12"), new byte[]{1, 2});
    String before = new NativeFile.Installed(file).identity();
    Files.write(file, new byte[]{1, 2, 3});
    assertTrue(!before.equals(new NativeFile.Installed(file).identity()));
  }

  @Test
  void theUsersChoiceComesBeforeTheBundleAndTheClassPath() throws IOException {
    Path chosen = Files.createDirectory(temporary.resolve("chosen"));
    Path bundle = Files.createDirectory(temporary.resolve("bundle"));
    Files.write(chosen.resolve("libnvrtc.so.12"), new byte[]{1});
    Files.write(chosen.resolve("libnvrtc-builtins.so.12.4"), new byte[]{1});
    Files.write(bundle.resolve("libnvrtc.so.12"), new byte[]{1});
    NvrtcLibrary first = NvrtcLibrary.find(new NativePlaces(Optional.of(chosen), Optional.of(bundle), List.of()),
        LOADER);
    assertEquals(new NativeFile.Installed(chosen.resolve("libnvrtc.so.12")), first.nvrtc());
    assertEquals("libnvrtc-builtins.so.12.4", first.builtins().orElseThrow().name());
    NvrtcLibrary second = NvrtcLibrary.find(new NativePlaces(Optional.empty(), Optional.of(bundle), List.of()), LOADER);
    assertEquals(new NativeFile.Installed(bundle.resolve("libnvrtc.so.12")), second.nvrtc());
    NvrtcLibrary third = NvrtcLibrary.find(new NativePlaces(Optional.empty(), Optional.empty(), List.of(bundle)),
        LOADER);
    assertTrue(third.nvrtc() instanceof NativeFile.Packed, third.toString());
    NvrtcLibrary last = NvrtcLibrary.find(new NativePlaces(Optional.empty(), Optional.empty(), List.of(bundle)),
        ClassLoader.getPlatformClassLoader());
    assertEquals(new NativeFile.Installed(bundle.resolve("libnvrtc.so.12")), last.nvrtc());
  }

  @Test
  void readsPlacesFromPropertiesAndEnvironment() {
    Properties properties = new Properties();
    properties.setProperty("bitloom.natives", "/bundle/natives");
    NativePlaces places = NativePlaces.of(properties, Map.of("BITLOOM_NVRTC", "/cuda/libnvrtc.so.12", "LD_LIBRARY_PATH",
        "relative:/opt/cuda12"));
    assertEquals(Optional.of(Path.of("/bundle/natives")), places.bundle());
    assertEquals(Optional.of(Path.of("/cuda/libnvrtc.so.12")), places.nvrtc());
    assertEquals(Path.of("/opt/cuda12"), places.system().getFirst());
    properties.setProperty("bitloom.nvrtc", "/mine");
    assertEquals(Optional.of(Path.of("/mine")),
        NativePlaces.of(properties, Map.of("BITLOOM_NVRTC", "/cuda/libnvrtc.so.12")).nvrtc());
  }
}
