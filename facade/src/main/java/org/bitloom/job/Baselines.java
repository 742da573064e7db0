package org.bitloom.job;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;

import org.bitloom.runtime.api.ActivationType;
import org.bitloom.runtime.api.DeviceBuffer;
import org.bitloom.runtime.api.Problem;
import org.bitloom.runtime.api.Stream;
import org.bitloom.runtime.cuda.CudaDevice;
import org.bitloom.runtime.measure.Cublas;
import org.bitloom.runtime.measure.CublasLibrary;
import org.bitloom.runtime.measure.GraphTimer;
import org.bitloom.runtime.measure.ReadFloor;

/** The read floor and dense cuBLAS, measured on the GPU at hand. */
final class Baselines implements Yardsticks, AutoCloseable {
  private static final int L2_MULTIPLE = 4;

  private final CudaDevice device;
  private final GraphTimer timer;
  private final ReadFloor floor;
  private final Optional<Cublas> cublas;
  private final Map<ActivationType, DevicePool> pools = new EnumMap<>(ActivationType.class);

  Baselines(CudaDevice device, Stream stream, GraphTimer timer, Map<String, String> environment) {
    this.device = device;
    this.timer = timer;
    this.floor = new ReadFloor(timer);
    this.cublas = CublasLibrary.find(environment).map(library -> new Cublas(library, device, stream));
  }

  @Override
  public Optional<String> cublasMissing() {
    return cublas.isPresent()
        ? Optional.empty()
        : Optional.of("no libcublas.so.13, .12 or .11 was found (LD_LIBRARY_PATH, CUDA_HOME, the usual folders)");
  }

  @Override
  public double floorUs(long bytes) {
    return floor.time(bytes, copies(ActivationType.F16, bytes)).medianUs();
  }

  @Override
  public OptionalDouble cublasUs(ActivationType type, Problem problem, long x, long y) {
    if (cublas.isEmpty()) {
      return OptionalDouble.empty();
    }
    long bytes = (long) problem.n() * problem.k() * Short.BYTES;
    long[] copies = copies(type, bytes);
    return OptionalDouble.of(timer.time(copies.length, i -> cublas.get().product(type, problem.n(), problem.k(),
        problem.m(), copies[i], x, y)).medianUs());
  }

  @Override
  public OptionalDouble cublasInt8Us(Problem problem) {
    if (cublas.isEmpty()) {
      return OptionalDouble.empty();
    }
    Cublas calls = cublas.get();
    int n = problem.n();
    int k = problem.k();
    int m = problem.m();
    long rotation = rotation((long) n * k);
    DevicePool pool = pool(ActivationType.F16, Math.max(rotation, (long) m * k));
    long[] copies = pool.copies((long) n * k, rotation);
    long activations = pool.copies((long) m * k, 0)[0];
    try (DeviceBuffer y = device.allocate((long) m * n * Integer.BYTES)) {
      AtomicBoolean legal = new AtomicBoolean();
      device.run(() -> legal.set(calls.integerProduct(n, k, m, copies[0], activations, y.address())));
      return legal.get()
          ? OptionalDouble.of(timer.time(copies.length,
              i -> calls.integerProduct(n, k, m, copies[i], activations, y.address())).medianUs())
          : OptionalDouble.empty();
    }
  }

  /** Addresses of random data that rotates through the L2 cache. */
  private long[] copies(ActivationType type, long bytes) {
    return pool(type, rotation(bytes)).copies(bytes, rotation(bytes));
  }

  private long rotation(long bytes) {
    return Math.max(L2_MULTIPLE * device.info().limits().l2Bytes(), 2 * bytes) + bytes;
  }

  /** Filling memory takes longer than most measurements: it is kept until a larger one is needed. */
  private DevicePool pool(ActivationType type, long bytes) {
    DevicePool known = pools.get(type);
    if (known != null && known.bytes() >= bytes) {
      return known;
    }
    if (known != null) {
      pools.remove(type).close();
    }
    DevicePool pool = new DevicePool(device, bytes, type);
    pools.put(type, pool);
    return pool;
  }

  @Override
  public void close() {
    pools.values().forEach(DevicePool::close);
    cublas.ifPresent(Cublas::close);
  }
}
