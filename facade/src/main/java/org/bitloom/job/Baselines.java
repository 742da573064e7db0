package org.bitloom.job;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.Cublas;
import org.bitloom.runtime.measure.CublasLibrary;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.measure.ReadFloor;

/** What a kernel's time is compared with on the same GPU, in the same run: the read floor and dense 16-bit cuBLAS. */
final class Baselines implements AutoCloseable {
  private static final int L2_MULTIPLE = 4;

  private final CudaDevice device;
  private final GraphTimer timer;
  private final ReadFloor floor;
  private final Optional<Cublas> cublas;

  Baselines(CudaDevice device, Stream stream, GraphTimer timer, Map<String, String> environment) {
    this.device = device;
    this.timer = timer;
    this.floor = new ReadFloor(timer);
    this.cublas = CublasLibrary.find(environment).map(library -> new Cublas(library, device, stream));
  }

  /** Why there is no time of cuBLAS, if there is none. */
  Optional<String> cublasMissing() {
    return cublas.isPresent()
        ? Optional.empty()
        : Optional.of("no libcublas.so.13, .12 or .11 was found (LD_LIBRARY_PATH, CUDA_HOME, the usual folders)");
  }

  /** Microseconds to read {@code bytes} once. */
  double floorUs(long bytes) {
    try (DevicePool pool = new DevicePool(device, rotation(bytes), ActivationType.F16)) {
      return floor.time(bytes, pool.copies(bytes)).medianUs();
    }
  }

  /**
   * Microseconds of the dense product, where cuBLAS is installed.
   *
   * @param x device address of x[m][k]
   * @param y device address of y[m][n], which is overwritten
   */
  OptionalDouble cublasUs(ActivationType type, Problem problem, long x, long y) {
    if (cublas.isEmpty()) {
      return OptionalDouble.empty();
    }
    long bytes = (long) problem.n() * problem.k() * Short.BYTES;
    try (DevicePool pool = new DevicePool(device, rotation(bytes), type)) {
      long[] copies = pool.copies(bytes);
      return OptionalDouble.of(timer.time(copies.length, i -> cublas.get().product(type, problem.n(), problem.k(),
          problem.m(), copies[i], x, y)).medianUs());
    }
  }

  private long rotation(long bytes) {
    return Math.max(L2_MULTIPLE * device.info().limits().l2Bytes(), 2 * bytes) + bytes;
  }

  @Override
  public void close() {
    cublas.ifPresent(Cublas::close);
  }
}
