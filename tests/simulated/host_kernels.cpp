// Lets views.cu be compiled as C++ and its kernels be run thread by thread on the processor: the same arithmetic.
#include <math.h>

#define __global__
#define __device__
#define __noinline__

struct Place {
    int x, y, z;
};
static Place blockIdx, threadIdx, blockDim;

#include "views.cu"

template <typename Structure>
static void each(void (*kernel)(Structure), const Structure *structure, const int *grid, const int *block)
{
    blockDim = {block[0], block[1], block[2]};
    for (blockIdx.y = 0; blockIdx.y < grid[1]; ++blockIdx.y)
        for (blockIdx.x = 0; blockIdx.x < grid[0]; ++blockIdx.x)
            for (threadIdx.y = 0; threadIdx.y < block[1]; ++threadIdx.y)
                for (threadIdx.x = 0; threadIdx.x < block[0]; ++threadIdx.x)
                    kernel(*structure);
}

#define LAUNCH(name, Structure)                                                                          \
    extern "C" void launch_##name(const Structure *structure, const int *grid, const int *block)        \
    {                                                                                                    \
        each<Structure>(name, structure, grid, block);                                                   \
    }                                                                                                    \
    extern "C" int size_##name() { return sizeof(Structure); }

LAUNCH(tensor, View)
LAUNCH(colours, View)
LAUNCH(stretched, View)
LAUNCH(brightness, View)
LAUNCH(tints, View)
LAUNCH(blacken, Paint)
