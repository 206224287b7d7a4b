// The views of an NV12 picture, made on the GPU from the picture as it was decoded; and the paint of privacy masks.
//
// The arithmetic is that of edge/vision/planes.py on the processor, whole numbers as OpenCV has them, so that networks
// see the same values from either: a plane is halved by averages while it shrinks by half or more, each halving
// rounded to 8 bits; then interpolated at the exact scale in 1/2048; then three planes become RGB in 1/1024.
// One thread makes one pixel of the result. Compiled by NVRTC and nvcc, and as C++ by the tests.

struct Plane {
    unsigned long long at;  // device address of the first sample
    double step_x, step_y;  // samples, halved ones, from one result pixel to the next
    double left, top;       // result pixels left of and above the first one
    int pitch;              // bytes from row to row
    int width, height;      // in samples, after halving
    int halved_x, halved_y; // how often it is halved across and down
    int last_x, last_y;     // result pixels beyond these repeat them
    int unused;
};

struct View {
    struct Plane luma, chroma;
    unsigned long long out; // device address of the result
    double step_x, step_y;  // coded pixels from one result pixel to the next, where pixels are not square
    double from_x, from_y;  // and where the first one lies
    int width, height;      // of the result
    int pad_x, pad_y;       // where the picture begins in it
    int inner_w, inner_h;   // and how large it is
    int pad;                // value of the bars around it
    int swap;               // 1: blue first
    int spread;             // 1: brightness was coded in 16..235
    int rows[12];           // of each of R, G, B: factors of Y, Cb, Cr and the sum, in 1/1024
    float gain[3], offset[3];
};

struct Paint {
    unsigned long long luma, chroma;  // the picture
    unsigned long long hidden, quads; // rasters, not 0 where nothing must be seen; (h,w) and (half h, half w)
    int luma_pitch, chroma_pitch;
    int width, height;
};

#define DEEPEST 16 // halvings; a picture 65536 wide down to one pixel

// Average of 2 samples, or of 4 of a plane of two channels: halves to the even value. Of 4 of one channel: upwards.
__device__ static int averaged(int sum, int count, int channels)
{
    if (count == 2)
        return (sum + ((sum >> 1) & 1)) >> 1;
    return channels == 1 ? (sum + 2) >> 2 : (sum + 1 + ((sum >> 2) & 1)) >> 2;
}

// The sample (x, y) of a plane halved so often: a quarter of the size costs 16 readings, 1/32 a
// thousand, in one thread. Sums of each halving are kept while its parts are gone through in turn.
__device__ __noinline__ static int averages(const struct Plane &plane, int channels, int channel, int x, int y)
{
    const unsigned char *at = (const unsigned char *)plane.at + channel;
    int sums[DEEPEST], counts[DEEPEST];
    int levels = plane.halved_x > plane.halved_y ? plane.halved_x : plane.halved_y;
    for (int level = 0; level < levels; ++level)
        sums[level] = counts[level] = 0;
    int parts = 1 << (plane.halved_x + plane.halved_y), value = 0;
    for (int part = 0; part < parts; ++part) {
        int across = 0, down = 0, rest = part;
        for (int level = 0; level < levels; ++level) {
            if (level < plane.halved_x) {
                across |= (rest & 1) << level;
                rest >>= 1;
            }
            if (level < plane.halved_y) {
                down |= (rest & 1) << level;
                rest >>= 1;
            }
        }
        int row = (y << plane.halved_y) + down, column = (x << plane.halved_x) + across;
        value = at[(long long)row * plane.pitch + column * channels];
        for (int level = 0; level < levels; ++level) {
            int whole = (level < plane.halved_x ? 2 : 1) * (level < plane.halved_y ? 2 : 1);
            sums[level] += value;
            if (++counts[level] < whole)
                break;
            value = averaged(sums[level], whole, channels);
            sums[level] = counts[level] = 0;
        }
    }
    return value;
}

__device__ static int halved(const struct Plane &plane, int channels, int channel, int x, int y)
{
    if (plane.halved_x + plane.halved_y)
        return averages(plane, channels, channel, x, y);
    return ((const unsigned char *)plane.at)[(long long)y * plane.pitch + x * channels + channel];
}

__device__ static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

// The plane's value under result pixel (x, y).
__device__ static int sampled(const struct Plane &plane, int channels, int channel, int x, int y)
{
    x = x < plane.last_x ? x : plane.last_x;
    y = y < plane.last_y ? y : plane.last_y;
    float at_x = (float)((x + plane.left + 0.5) * plane.step_x - 0.5);
    float at_y = (float)((y + plane.top + 0.5) * plane.step_y - 0.5);
    int x0 = (int)floorf(at_x), y0 = (int)floorf(at_y);
    float right = at_x - x0, below = at_y - y0;
    if (x0 < 0 || x0 >= plane.width - 1) {
        x0 = within(x0, 0, plane.width - 1);
        right = 0;
    }
    int x1 = within(x0 + 1, 0, plane.width - 1);
    int top = within(y0, 0, plane.height - 1), bottom = within(y0 + 1, 0, plane.height - 1);
    int a1 = (int)rintf(right * 2048), a0 = (int)rintf((1 - right) * 2048);
    int b1 = (int)rintf(below * 2048), b0 = (int)rintf((1 - below) * 2048);
    int upper = halved(plane, channels, channel, x0, top) * a0, lower = 0;
    if (a1)
        upper += halved(plane, channels, channel, x1, top) * a1;
    if (b1) {
        lower = halved(plane, channels, channel, x0, bottom) * a0;
        if (a1)
            lower += halved(plane, channels, channel, x1, bottom) * a1;
    }
    return (((b0 * (upper >> 4)) >> 16) + ((b1 * (lower >> 4)) >> 16) + 2) >> 2;
}

// Red, green and blue under result pixel (x, y), counted from where the picture begins.
__device__ static void coloured(const struct View &view, int x, int y, int rgb[3])
{
    int luma = sampled(view.luma, 1, 0, x, y);
    int blue = sampled(view.chroma, 2, 0, x, y), red = sampled(view.chroma, 2, 1, x, y);
    for (int plane = 0; plane < 3; ++plane) {
        const int *row = view.rows + 4 * plane;
        rgb[plane] = within((row[0] * luma + row[1] * blue + row[2] * red + row[3]) >> 10, 0, 255);
    }
}

// RGB of a pixel of the result, bars included. False outside of the result.
__device__ static bool placed(const struct View &view, int &x, int &y, int rgb[3])
{
    x = blockIdx.x * blockDim.x + threadIdx.x;
    y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= view.width || y >= view.height)
        return false;
    int inner_x = x - view.pad_x, inner_y = y - view.pad_y;
    if (inner_x < 0 || inner_y < 0 || inner_x >= view.inner_w || inner_y >= view.inner_h)
        rgb[0] = rgb[1] = rgb[2] = view.pad;
    else
        coloured(view, inner_x, inner_y, rgb);
    return true;
}

// A network's input: (3, height, width) float32.
extern "C" __global__ void tensor(struct View view)
{
    int x, y, rgb[3];
    if (!placed(view, x, y, rgb))
        return;
    float *out = (float *)view.out;
    long long plane = (long long)view.width * view.height;
    for (int place = 0; place < 3; ++place) {
        float value = (float)rgb[view.swap ? 2 - place : place] * view.gain[place];
        out[place * plane + (long long)y * view.width + x] = value + view.offset[place];
    }
}

// (height, width, 3) uint8 RGB.
extern "C" __global__ void colours(struct View view)
{
    int x, y, rgb[3];
    if (!placed(view, x, y, rgb))
        return;
    unsigned char *out = (unsigned char *)view.out + ((long long)y * view.width + x) * 3;
    for (int plane = 0; plane < 3; ++plane)
        out[plane] = (unsigned char)rgb[plane];
}

// (height, width, 3) uint8 RGB of coded pixels stretched to square ones.
extern "C" __global__ void stretched(struct View view)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= view.width || y >= view.height)
        return;
    float at_x = (float)(x * view.step_x + view.from_x), at_y = (float)(y * view.step_y + view.from_y);
    int x0 = (int)floorf(at_x), y0 = (int)floorf(at_y);
    float right = at_x - x0, below = at_y - y0, sums[3] = {0, 0, 0};
    for (int corner = 0; corner < 4; ++corner) {
        float weight = (corner & 1 ? right : 1 - right) * (corner & 2 ? below : 1 - below);
        int rgb[3], column = within(x0 + (corner & 1), 0, view.luma.width - 1);
        coloured(view, column, within(y0 + (corner >> 1), 0, view.luma.height - 1), rgb);
        for (int plane = 0; plane < 3; ++plane)
            sums[plane] += rgb[plane] * weight;
    }
    unsigned char *out = (unsigned char *)view.out + ((long long)y * view.width + x) * 3;
    for (int plane = 0; plane < 3; ++plane)
        out[plane] = (unsigned char)within((int)rintf(sums[plane]), 0, 255);
}

// (height, width) uint8 brightness over 0..255.
extern "C" __global__ void brightness(struct View view)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= view.width || y >= view.height)
        return;
    int luma = sampled(view.luma, 1, 0, x, y);
    if (view.spread)
        luma = within(luma < 16 ? 0 : ((luma - 16) * 510 + 219) / 438, 0, 255);
    ((unsigned char *)view.out)[(long long)y * view.width + x] = (unsigned char)luma;
}

// (height, width, 2) uint8 blue and red difference.
extern "C" __global__ void tints(struct View view)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= view.width || y >= view.height)
        return;
    unsigned char *out = (unsigned char *)view.out + ((long long)y * view.width + x) * 2;
    for (int channel = 0; channel < 2; ++channel)
        out[channel] = (unsigned char)sampled(view.chroma, 2, channel, x, y);
}

// Black and without colour wherever the rasters say so.
extern "C" __global__ void blacken(struct Paint paint)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= paint.width || y >= paint.height)
        return;
    if (((const unsigned char *)paint.hidden)[(long long)y * paint.width + x])
        ((unsigned char *)paint.luma)[(long long)y * paint.luma_pitch + x] = 0;
    if ((x | y) & 1)
        return;
    int half = (paint.width + 1) / 2;
    if (((const unsigned char *)paint.quads)[(long long)(y / 2) * half + x / 2]) {
        unsigned char *colour = (unsigned char *)paint.chroma + (long long)(y / 2) * paint.chroma_pitch + x;
        colour[0] = colour[1] = 128;
    }
}
