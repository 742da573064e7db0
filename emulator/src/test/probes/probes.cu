#include "scalar.cu"
#include "warp.cu"
#include "warpgroup.cu"
