// A libcuda.so.1 for machines without a GPU, in host memory and without delay: the real packages pycuda and
// cuda-bindings load it, so that what the product hands them is what they take. Names and arguments are those of cuda.h.
#include <dlfcn.h>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

extern "C" {

typedef int CUresult;
typedef unsigned long long Address;
enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, INVALID_CONTEXT = 201, INVALID_HANDLE = 400,
       NOT_FOUND = 500, NOT_SUPPORTED = 801 };

static const size_t CAPACITY = 1 << 28;
static std::mutex door;
static bool initialised;
static int retained, handles = 0x100;
static size_t used;
static std::map<Address, size_t> blocks;
static std::map<void *, int> made;
static thread_local std::vector<void *> stack;
static void *const PRIMARY = (void *)0x5EED;

static CUresult current() { return !initialised ? NOT_INITIALIZED : stack.empty() || !retained ? INVALID_CONTEXT : OK; }
#define NEED_CONTEXT                       \
    std::lock_guard<std::mutex> in(door); \
    if (CUresult wrong = current())        \
        return wrong;

static CUresult make(void **handle)
{
    *handle = (void *)(intptr_t)(handles += 16);
    made[*handle] = 1;
    return OK;
}
static CUresult end(void *handle) { return made.erase(handle) ? OK : INVALID_HANDLE; }
static CUresult known(void *handle) { return made.count(handle) ? OK : INVALID_HANDLE; }

CUresult cuInit(unsigned flags) { initialised = true; return flags ? INVALID_VALUE : OK; }
CUresult cuDriverGetVersion(int *version) { *version = 13000; return OK; }
CUresult cuDeviceGetCount(int *count) { *count = 1; return OK; }
CUresult cuDeviceGet(int *device, int ordinal) { *device = 0; return ordinal ? 101 : OK; }
CUresult cuDeviceGetName(char *name, int length, int) { strncpy(name, "Stand-in", length); return OK; }
CUresult cuDeviceComputeCapability(int *major, int *minor, int) { *major = 8; *minor = 7; return OK; }
CUresult cuDeviceGetAttribute(int *value, int which, int)
{
    *value = which == 75 ? 8 : which == 76 ? 7 : 0;
    return OK;
}
CUresult cuDevicePrimaryCtxRetain(void **context, int) { *context = PRIMARY; ++retained; return OK; }
CUresult cuDevicePrimaryCtxRelease_v2(int) { return retained-- > 0 ? OK : INVALID_CONTEXT; }
CUresult cuCtxPushCurrent_v2(void *context) { stack.push_back(context); return context == PRIMARY ? OK : INVALID_VALUE; }
CUresult cuCtxPopCurrent_v2(void **context)
{
    if (stack.empty())
        return INVALID_CONTEXT;
    *context = stack.back();
    stack.pop_back();
    return OK;
}
CUresult cuCtxGetCurrent(void **context) { *context = stack.empty() ? nullptr : stack.back(); return OK; }
CUresult cuCtxSetCurrent(void *context)
{
    if (!stack.empty())
        stack.pop_back();
    if (context)
        stack.push_back(context);
    return OK;
}

CUresult cuMemGetInfo_v2(size_t *free, size_t *total) { NEED_CONTEXT *total = CAPACITY; *free = CAPACITY - used; return OK; }
static CUresult take(void **address, size_t size)
{
    if (!size)
        return INVALID_VALUE;
    if (used + size > CAPACITY)
        return OUT_OF_MEMORY;
    *address = aligned_alloc(256, (size + 255) / 256 * 256);
    memset(*address, 0xCD, size);
    blocks[(Address)*address] = size;
    used += size;
    return OK;
}
static CUresult give(void *address)
{
    auto block = blocks.find((Address)address);
    if (block == blocks.end())
        return INVALID_VALUE;
    used -= block->second;
    blocks.erase(block);
    free(address);
    return OK;
}
CUresult cuMemAlloc_v2(Address *address, size_t size) { NEED_CONTEXT return take((void **)address, size); }
CUresult cuMemFree_v2(Address address) { NEED_CONTEXT return give((void *)address); }
CUresult cuMemHostAlloc(void **address, size_t size, unsigned) { NEED_CONTEXT return take(address, size); }
CUresult cuMemFreeHost(void *address) { NEED_CONTEXT return give(address); }

struct Rows {
    size_t srcXInBytes, srcY;
    int srcMemoryType;
    const void *srcHost;
    Address srcDevice;
    void *srcArray;
    size_t srcPitch, dstXInBytes, dstY;
    int dstMemoryType;
    void *dstHost;
    Address dstDevice;
    void *dstArray;
    size_t dstPitch, WidthInBytes, Height;
};
CUresult cuMemcpy2DAsync_v2(const Rows *rows, void *stream)
{
    NEED_CONTEXT
    if (rows->srcMemoryType != 2 || rows->dstMemoryType != 2 || known(stream))
        return INVALID_VALUE;
    for (size_t row = 0; row < rows->Height; ++row)
        memcpy((char *)rows->dstDevice + row * rows->dstPitch, (char *)rows->srcDevice + row * rows->srcPitch,
               rows->WidthInBytes);
    return OK;
}
CUresult cuMemcpyHtoDAsync_v2(Address target, const void *source, size_t size, void *stream)
{
    NEED_CONTEXT
    memcpy((void *)target, source, size);
    return known(stream);
}
CUresult cuMemcpyDtoHAsync_v2(void *target, Address source, size_t size, void *stream)
{
    NEED_CONTEXT
    memcpy(target, (void *)source, size);
    return known(stream);
}

CUresult cuStreamCreate(void **stream, unsigned) { NEED_CONTEXT return make(stream); }
CUresult cuStreamDestroy_v2(void *stream) { NEED_CONTEXT return end(stream); }
CUresult cuStreamSynchronize(void *stream) { NEED_CONTEXT return known(stream); }
CUresult cuStreamWaitEvent(void *stream, void *event, unsigned) { NEED_CONTEXT return known(stream) | known(event); }
CUresult cuEventCreate(void **event, unsigned) { NEED_CONTEXT return make(event); }
CUresult cuEventDestroy_v2(void *event) { NEED_CONTEXT return end(event); }
CUresult cuEventRecord(void *event, void *stream) { NEED_CONTEXT return known(stream) | known(event); }
CUresult cuEventSynchronize(void *event) { NEED_CONTEXT return known(event); }
CUresult cuEventElapsedTime(float *ms, void *begin, void *end) { NEED_CONTEXT *ms = 1.5f; return known(begin) | known(end); }
CUresult cuEventElapsedTime_v2(float *ms, void *begin, void *end) { return cuEventElapsedTime(ms, begin, end); }

CUresult cuModuleLoadData(void **module, const void *image)
{
    NEED_CONTEXT
    return memcmp(image, "\x7f" "ELF", 4) ? 200 : make(module);
}
CUresult cuModuleLoadDataEx(void **module, const void *image, unsigned, void *, void *) { return cuModuleLoadData(module, image); }
CUresult cuModuleUnload(void *module) { NEED_CONTEXT return end(module); }
CUresult cuModuleGetFunction(void **function, void *module, const char *name)
{
    NEED_CONTEXT
    void *kernels = dlopen(getenv("STAND_IN_KERNELS"), RTLD_NOW);
    *function = kernels ? dlsym(kernels, (std::string("launch_") + name).c_str()) : nullptr;
    return known(module) ? INVALID_HANDLE : *function ? OK : NOT_FOUND;
}
CUresult cuFuncSetBlockShape(void *, int, int, int) { NEED_CONTEXT return OK; } // of old; pycuda still calls it
CUresult cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                        unsigned, void *stream, void **parameters, void **extra)
{
    NEED_CONTEXT
    int grid[] = {(int)gx, (int)gy, (int)gz}, block[] = {(int)bx, (int)by, (int)bz};
    const void *argument = parameters ? parameters[0] : nullptr;
    for (; extra && *extra; extra += 2)
        if (*extra == (void *)1) // CU_LAUNCH_PARAM_BUFFER_POINTER
            argument = extra[1];
    if (!argument || known(stream))
        return INVALID_VALUE;
    ((void (*)(const void *, const int *, const int *))function)(argument, grid, block);
    return OK;
}

static const struct {
    int number;
    const char *name, *words;
} TOLD[] = {{OK, "CUDA_SUCCESS", "no error"},
            {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
            {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
            {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
            {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
            {200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
            {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"}};
CUresult cuGetErrorName(int status, const char **text)
{
    for (const auto &each : TOLD)
        if (each.number == status)
            return *text = each.name, OK;
    return INVALID_VALUE;
}
CUresult cuGetErrorString(int status, const char **text)
{
    for (const auto &each : TOLD)
        if (each.number == status)
            return *text = each.words, OK;
    return INVALID_VALUE;
}

// What neither package is asked for is not there; the newest version of a name is what its callers want.
CUresult cuGetProcAddress_v2(const char *name, void **function, int, uint64_t, int *status)
{
    void *self = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    for (const char *version : {"_v2", ""})
        if ((*function = dlsym(self, (std::string(name) + version).c_str())))
            break;
    if (status)
        *status = *function ? 0 : 1;
    return *function ? OK : NOT_FOUND;
}
CUresult cuGetProcAddress(const char *name, void **function, int version, uint64_t flags)
{
    return cuGetProcAddress_v2(name, function, version, flags, nullptr);
}

int stand_in_left() { return (int)blocks.size() + (int)made.size() + 1000 * retained; }
}
