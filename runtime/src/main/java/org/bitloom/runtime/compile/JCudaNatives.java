package org.bitloom.runtime.compile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes JCuda's classes load their JNI libraries from a folder of ours. JCuda looks into {@code java.library.path}, then
 * into {@code java.io.tmpdir}, where it loads whatever lies under a fixed name; so for the moment of class
 * initialisation that property names the checked, private folder.
 */
enum JCudaNatives {
  NVRTC("JNvrtc", "jcuda.nvrtc.JNvrtc"), DRIVER("JCudaDriver", "jcuda.driver.JCudaDriver");

  private static final String VERSION = "12.6.0";
  private static final String FOLDER_PROPERTY = "java.io.tmpdir";

  private final String library;
  private final String className;

  JCudaNatives(String library, String className) {
    this.library = "lib" + library + "-" + VERSION + "-linux-x86_64.so";
    this.className = className;
  }

  /** Initialises JCuda's class; what its library depends on must be loaded before. */
  void load(NativePlaces places, CacheFolder cache, ClassLoader loader) {
    Path file = find(places, loader)
        .orElseThrow(() -> new NativeLibraryException(
            library + " was not found. Add the Maven artifact org.jcuda:jcuda-natives:" + VERSION
                + " (classifier linux-x86_64) to the class path."))
        .unpack(cache);
    synchronized (JCudaNatives.class) {
      String before = System.getProperty(FOLDER_PROPERTY);
      System.setProperty(FOLDER_PROPERTY, String.valueOf(file.getParent()));
      try {
        Class.forName(className, true, loader);
      } catch (ClassNotFoundException e) {
        throw new NativeLibraryException("JCuda is not on the class path: add org.jcuda:jcuda:" + VERSION, e);
      } catch (LinkageError e) {
        throw new NativeLibraryException(file + " cannot be loaded: " + e.getMessage()
            + "\nIf the folder is mounted noexec, set BITLOOM_CACHE to another one.", e);
      } finally {
        System.setProperty(FOLDER_PROPERTY, before);
      }
    }
  }

  private Optional<NativeFile> find(NativePlaces places, ClassLoader loader) {
    return places.bundle().map(folder -> folder.resolve(library)).filter(Files::isRegularFile)
        .<NativeFile>map(NativeFile.Installed::new).or(() -> NativeFile.Packed.find(loader, "lib/" + library));
  }
}
