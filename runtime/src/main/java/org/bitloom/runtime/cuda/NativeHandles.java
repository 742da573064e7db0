package org.bitloom.runtime.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** Turns native addresses into the objects that JCuda wants, and back. */
final class NativeHandles {
  private static final VarHandle NATIVE_POINTER = nativePointer();

  private NativeHandles() {
  }

  /** Host memory of any size; JCuda's own pointers end at 2 GiB. */
  static Pointer host(long address) {
    return new Address(address);
  }

  /** Host memory of any size. */
  static Pointer host(MemorySegment segment) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("native memory is needed, not " + segment);
    }
    return new Address(segment.address());
  }

  /** Device memory at {@code address}. */
  static CUdeviceptr device(long address) {
    CUdeviceptr pointer = new CUdeviceptr();
    NATIVE_POINTER.set((NativePointerObject) pointer, address);
    return pointer;
  }

  /** The stream that another library calls {@code handle}; 0 is the legacy default stream. */
  static CUstream stream(long handle) {
    CUstream stream = new CUstream();
    NATIVE_POINTER.set((NativePointerObject) stream, handle);
    return stream;
  }

  /** The context that another library calls {@code handle}. */
  static CUcontext context(long handle) {
    CUcontext context = new CUcontext();
    NATIVE_POINTER.set((NativePointerObject) context, handle);
    return context;
  }

  /** The native value of a handle, such as the address that cuMemAlloc has put into a CUdeviceptr. */
  static long value(NativePointerObject object) {
    return (long) NATIVE_POINTER.get(object);
  }

  private static VarHandle nativePointer() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVarHandle(NativePointerObject.class, "nativePointer", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Address extends Pointer {
    Address(long address) {
      super(address);
    }
  }
}
