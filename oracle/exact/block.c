/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/block.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cases/base/checked.h"
#include "oracle/exact/kernel.h"

/* The smallest exponents of scaled elements whose products no format loses: (2^-60)^2 is above f32's
 * 2^-126; (2^-400)^2, with 106 bits, above f64's 2^-1074. */
#define NARROW_REACH (-60)
#define WIDE_REACH   (-400)

/* What is proved of VJP_EXTRACT and of VJP_MAGNITUDE_UP holds for so many terms. */
_Static_assert(VJP_CHUNK <= 256, "the bounds are for 256 terms");

static int64_t round_up(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

static int64_t chunks_of(int64_t K)
{
    return (K + VJP_CHUNK - 1) / VJP_CHUNK;
}

/* count elements of size bytes, zeros, at a vector's boundary; a block of none has some. */
static void *zeros(int64_t count, int64_t size)
{
    int64_t bytes;
    if (!vjp_checked_mul(count, size, &bytes) || !vjp_checked_add(bytes, 64, &bytes))
        return NULL;
    void *memory = aligned_alloc(64, (size_t)round_up(bytes, 64));
    if (memory)
        memset(memory, 0, (size_t)bytes);
    return memory;
}

enum vjp_status vjp_block_init(struct vjp_block *out, enum vjp_block_side side,
                               enum vjp_block_elements elements, int64_t capacity, int64_t K,
                               struct vjp_error *error)
{
    if (K > VJP_BLOCK_TERMS_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT,
                        "a sum of %" PRId64 " products exceeds the limit of %" PRId64, K,
                        VJP_BLOCK_TERMS_MAX);
    const bool left = side == VJP_BLOCK_LEFT;
    struct vjp_block block = {
        .side = side,
        .elements = elements,
        .capacity = capacity,
        .K = K,
        .kernel = vjp_kernel_best(),
        /* One cache line more than needed: lengths that are powers of two would let the rows of a tile
         * fall on one set of a cache. */
        .stride = round_up(K, 8) + 8,
        .narrow_stride = round_up(K, 16) + 16,
    };
    /* Whole tiles of either kind. */
    const int64_t whole =
        round_up(capacity, left ? VJP_TILE_ROWS : VJP_TILE_NARROW_COLS * VJP_TILE_PANELS_MAX);
    int64_t elements_all, narrow_all;
    enum vjp_status status = VJP_OK;
    if (!vjp_checked_mul(whole, left ? block.stride : K, &elements_all) ||
        !vjp_checked_mul(whole, left ? block.narrow_stride : K, &narrow_all)) {
        status = vjp_fail(error, VJP_ERR_LIMIT, "%" PRId64 " vectors of %" PRId64 " elements",
                          capacity, K);
        goto cleanup;
    }
    block.vectors = zeros(whole, sizeof *block.vectors);
    block.values = zeros(elements_all, sizeof *block.values);
    block.narrow = zeros(narrow_all, sizeof *block.narrow);
    block.factor = zeros(whole, sizeof *block.factor);
    block.unit = zeros(whole, sizeof *block.unit);
    block.scale = zeros(whole, sizeof *block.scale);
    if (!block.vectors || !block.values || !block.narrow || !block.factor || !block.unit ||
        !block.scale) {
        status = vjp_fail(error, VJP_ERR_MEMORY,
                          "no memory for %" PRId64 " vectors of %" PRId64 " elements", capacity, K);
        goto cleanup;
    }
    *out = block;
cleanup:
    if (status != VJP_OK)
        vjp_block_clear(&block);
    return status;
}

void vjp_block_clear(struct vjp_block *block)
{
    free(block->vectors);
    free(block->values);
    free(block->narrow);
    free(block->factor);
    free(block->unit);
    free(block->scale);
    *block = (struct vjp_block){0};
}

/* Every element is a multiple of its exponent's last place, and of as many places more as end all
 * fractions in zeros. */
static int lowest_of(const struct vjp_survey *survey)
{
    const uint64_t bits = survey->bits | UINT64_C(1) << (DBL_MANT_DIG - 1);
    const int smallest = ilogb(survey->smallest);
    return (smallest < DBL_MIN_EXP - 1 ? DBL_MIN_EXP - 1 : smallest) - (DBL_MANT_DIG - 1) +
           __builtin_ctzll(bits);
}

static struct vjp_block_vector judge(const struct vjp_survey *survey,
                                     enum vjp_block_elements elements)
{
    struct vjp_block_vector v = {
        .is_finite = survey->is_finite,
        .reach = VJP_REACH_NARROW,
        .lowest = INT64_MAX,
        .is_zero = true,
    };
    if (!survey->is_finite || survey->largest == 0)
        return v;
    assert(elements == VJP_BLOCK_LONG ||
           (survey->bits % (UINT64_C(1) << (DBL_MANT_DIG - FLT_MANT_DIG)) == 0 &&
            survey->largest <= (double)FLT_MAX && survey->smallest >= 0x1p-149));
    v.is_zero = false;
    v.scale = ilogb(survey->largest);
    v.lowest = lowest_of(survey);
    const int reach = ilogb(survey->smallest) - v.scale;
    if (reach < NARROW_REACH)
        v.reach =
            elements == VJP_BLOCK_SHORT || reach >= WIDE_REACH ? VJP_REACH_WIDE : VJP_REACH_EXTREME;
    return v;
}

/* The first element of vector i of the right side. */
static double *packed_right(const struct vjp_block *block, int64_t i)
{
    return block->values + i / VJP_TILE_COLS * VJP_TILE_COLS * block->K + i % VJP_TILE_COLS;
}

/* Packs K elements as vector i. */
static void pack(struct vjp_block *block, int64_t i, const double *v,
                 const struct vjp_packing *packing)
{
    if (block->side == VJP_BLOCK_LEFT) {
        block->kernel->pack(v, block->K, packing, block->values + i * block->stride,
                            block->narrow + i * block->narrow_stride);
        return;
    }
    float *narrow = block->narrow + i / VJP_TILE_NARROW_COLS * VJP_TILE_NARROW_COLS * block->K +
                    i % VJP_TILE_NARROW_COLS;
    vjp_kernel_pack(v, block->K, packing, packed_right(block, i), VJP_TILE_COLS, narrow,
                    VJP_TILE_NARROW_COLS);
}

void vjp_block_set(struct vjp_block *block, int64_t i, const double *v)
{
    struct vjp_survey survey;
    block->kernel->survey(v, block->K, &survey);
    const struct vjp_block_vector known = judge(&survey, block->elements);
    block->vectors[i] = known;
    const bool is_long = block->elements == VJP_BLOCK_LONG;
    /* In two steps, for 2^1074 is no double. An element that falls below 2^-1022 is off by less than
     * 2^-1073 (vjp_block_error_long). */
    const int half = known.scale / 2;
    const struct vjp_packing packing = {
        .scale = {is_long ? ldexp(1, -half) : 1, is_long ? ldexp(1, half - known.scale) : 1},
        .narrow_scale = is_long ? 1 : ldexp(1, -known.scale),
    };
    pack(block, i, v, &packing);
    block->factor[i] = (is_long ? 1 : ldexp(1, known.scale)) *
                       (block->side == VJP_BLOCK_LEFT ? VJP_MAGNITUDE_UP : 1);
    block->scale[i] = is_long ? known.scale : 0;
    if (!known.is_finite || known.reach == VJP_REACH_EXTREME)
        block->unit[i] = NAN; /* no comparison with it holds */
    else if (known.is_zero)
        block->unit[i] = 1;
    else
        block->unit[i] = ldexp(1, (int)known.lowest - block->scale[i]);
}

const double *vjp_block_get(const struct vjp_block *block, int64_t i, double *room)
{
    if (block->side == VJP_BLOCK_LEFT)
        return block->values + i * block->stride;
    const double *from = packed_right(block, i);
    for (int64_t k = 0; k < block->K; k++)
        room[k] = from[k * VJP_TILE_COLS];
    return room;
}

_Static_assert(VJP_BLOCK_LANES == VJP_TILE_COLS, "as the right side is packed");

const double *vjp_block_lanes(const struct vjp_block *block, int64_t i)
{
    return packed_right(block, i);
}

/* One chunk of a product: terms from k on. */
struct chunk {
    const struct vjp_block *left, *right;
    int64_t rows, cols;
    const struct vjp_products *out;
    int64_t k, terms;
};

/* The tile at row i and column j, of so many columns at most. */
static struct vjp_tile tile_at(const struct chunk *c, int64_t i, int64_t j, int64_t cols)
{
    const int64_t at = i * c->out->ld + j;
    const struct vjp_block *left = c->left, *right = c->right;
    return (struct vjp_tile){
        .terms = c->terms,
        .rows = c->rows - i < VJP_TILE_ROWS ? c->rows - i : VJP_TILE_ROWS,
        .cols = c->cols - j < cols ? c->cols - j : cols,
        .first = c->k == 0,
        .left = left->values + i * left->stride + c->k,
        .right = right->values + j * right->K + c->k * VJP_TILE_COLS,
        .left_stride = left->stride,
        .right_step = VJP_TILE_COLS * right->K,
        .c = c->out->c + at,
        .lo = left->elements == VJP_BLOCK_LONG ? c->out->lo + at : NULL,
        .s = c->out->s + at,
        .ld = c->out->ld,
        .narrow_left = left->narrow + i * left->narrow_stride + c->k,
        .narrow_right = right->narrow + j * right->K + c->k * VJP_TILE_NARROW_COLS,
        .narrow_stride = left->narrow_stride,
        .narrow_step = VJP_TILE_NARROW_COLS * right->K,
        .row_factor = left->factor + i,
        .col_factor = right->factor + j,
    };
}

/* The vectors of a tile, count of them and none beyond last, all reach no further than floats do. What lies beyond is
 * of an earlier filling. */
static bool all_narrow(const struct vjp_block *block, int64_t from, int64_t count, int64_t last)
{
    const int64_t end = from + count < last ? from + count : last;
    bool narrow = true;
    for (int64_t i = from; i < end; i++)
        narrow &= block->vectors[i].reach == VJP_REACH_NARROW;
    return narrow;
}

/* A column of tiles after another: the right side's panels stay in the first-level cache. */
static void add_sums(const struct chunk *c)
{
    const struct vjp_kernel *kernel = c->left->kernel;
    void (*const sum)(const struct vjp_tile *) =
        c->left->elements == VJP_BLOCK_LONG ? kernel->sum_long : kernel->sum;
    const int64_t cols = kernel->panels * VJP_TILE_COLS;
    for (int64_t j = 0; j < c->cols; j += cols) {
        for (int64_t i = 0; i < c->rows; i += VJP_TILE_ROWS) {
            const struct vjp_tile tile = tile_at(c, i, j, cols);
            sum(&tile);
        }
    }
}

static void add_magnitudes(const struct chunk *c)
{
    const struct vjp_kernel *kernel = c->left->kernel;
    const int64_t cols = kernel->panels * VJP_TILE_COLS;
    const int64_t narrow_cols = kernel->panels * VJP_TILE_NARROW_COLS;
    for (int64_t j = 0; j < c->cols; j += narrow_cols) {
        const bool narrow =
            kernel->magnitude_narrow && all_narrow(c->right, j, narrow_cols, c->cols);
        for (int64_t i = 0; i < c->rows; i += VJP_TILE_ROWS) {
            if (narrow && all_narrow(c->left, i, VJP_TILE_ROWS, c->rows)) {
                const struct vjp_tile tile = tile_at(c, i, j, narrow_cols);
                kernel->magnitude_narrow(&tile);
                continue;
            }
            for (int64_t h = j; h < c->cols && h < j + narrow_cols; h += cols) {
                const struct vjp_tile tile = tile_at(c, i, h, cols);
                kernel->magnitude(&tile);
            }
        }
    }
}

void vjp_block_product(const struct vjp_block *left, int64_t rows, const struct vjp_block *right,
                       int64_t cols, const struct vjp_products *out)
{
    struct chunk chunk = {.left = left, .right = right, .rows = rows, .cols = cols, .out = out};
    do { /* once for K = 0, too: empty sums */
        const int64_t rest = left->K - chunk.k;
        chunk.terms = rest < VJP_CHUNK ? rest : VJP_CHUNK;
        add_sums(&chunk);
        add_magnitudes(&chunk);
        chunk.k += chunk.terms;
    } while (chunk.k < left->K);
}

/* The sum is a tree of height h: a chunk's first product meets t - 1 additions, t = min(K, VJP_CHUNK),
 * and its sum at most n - 1 more, for n chunks. Each rounds by a factor within 1 +- u, u = 2^-53, and
 * the products are exact, so that the error is at most ((1 + u)^h - 1) S <= h u (1 + h u) S while
 * h u <= 1 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.2). h is below
 * 2^16 + 2^8: h u, and the roundings of this line, are below 2^-36. */
double vjp_block_error(int64_t K)
{
    const int64_t terms = K < VJP_CHUNK ? K : VJP_CHUNK;
    const int64_t height = K == 0 ? 0 : terms - 1 + chunks_of(K) - 1;
    return (double)height * 0x1p-53 * (1 + 0x1p-36);
}

/* A chunk: products a b of numbers below 2 are added to VJP_EXTRACT. While the sum stays in
 * [2^12, 2^13], and t <= 256 products below 4 cannot leave it, it is a multiple of 2^-40, and an
 * addition errs by |d| <= 2^-41. What it did add is the difference of two sums, which is exact; its
 * distance from a b, the error d, is rounded once, by u 2^-41, and added to lo, which stays below
 * t 2^-41 and rounds by u times that: in all below u 2^-41 (t + t (t + 1) / 2) <= 2^-94 (t^2 + t).
 *
 * n chunks: their sums are below 2^10, so that the q-th addition to c errs by at most q 2^(10 - 53),
 * which TwoSum gives exactly. That and the chunk's lo, below 2^-33, are added to the others: the sum of
 * the two, below 2^-33 (1 + q 2^-10), is rounded once, and once more the sum over q of such sums. In all
 * u 2^-33 (n + n^2 2^-11 + n^2 / 2 + n^3 2^-10 / 6), to first order; what stands below is larger.
 *
 * Elements that scaling made subnormal, and products that are, err by less than 2^-1070 a term, K terms
 * by 2^-1046; that and what is of second order is below 2^-20 of the rest. */
double vjp_block_error_long(int64_t K)
{
    const double t = (double)(K < VJP_CHUNK ? K : VJP_CHUNK);
    const double n = (double)chunks_of(K);
    const double chunks = n * (t * t + t) * 0x1p-94;
    const double between = K > VJP_CHUNK ? (n + n * n) * (1 + n * 0x1p-10) * 0x1p-86 : 0;
    return (chunks + between) * (1 + 0x1p-20);
}
