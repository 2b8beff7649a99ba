/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/block.h"

#include "tests/oracle/exact/blocks.h"

#include <mpfr.h>

/* Bits that hold every sum exactly: products of short elements lie in 2^-298 .. 2^256, of the long ones
 * that are drawn here in 2^-1300 .. 2^1300. */
#define SHORT_BITS 700
#define LONG_BITS  2800

struct witness {
    mpfr_t sum, magnitude, product, difference;
};

static void witness_init(struct witness *w, mpfr_prec_t bits)
{
    mpfr_inits2(bits, w->sum, w->magnitude, w->difference, (mpfr_ptr)0);
    mpfr_init2(w->product, 106);
}

static void witness_clear(struct witness *w)
{
    mpfr_clears(w->sum, w->magnitude, w->product, w->difference, (mpfr_ptr)0);
}

/* The sum of a_k b_k and that of their magnitudes; everything exact. */
static void witness_dot(struct witness *w, struct tally *t, const double *a, const double *b,
                        int64_t K)
{
    int inexact = mpfr_set_ui(w->sum, 0, MPFR_RNDN) | mpfr_set_ui(w->magnitude, 0, MPFR_RNDN);
    for (int64_t k = 0; k < K; k++) {
        mpfr_set_d(w->product, a[k], MPFR_RNDN);
        inexact |= mpfr_mul_d(w->product, w->product, b[k], MPFR_RNDN);
        inexact |= mpfr_add(w->sum, w->sum, w->product, MPFR_RNDN);
        mpfr_abs(w->product, w->product, MPFR_RNDN);
        inexact |= mpfr_add(w->magnitude, w->magnitude, w->product, MPFR_RNDN);
    }
    check(t, inexact == 0, "the witness rounded");
}

/* What the product promises of pair (i, j). */
static void check_pair(struct tally *t, struct witness *w, const struct pair *p, int64_t i,
                       int64_t j)
{
    const int64_t at = i * p->products.ld + j;
    const bool is_long = p->left.elements == VJP_BLOCK_LONG;
    const int scale = is_long ? p->left.vectors[i].scale + p->right.vectors[j].scale : 0;
    witness_dot(w, t, p->a + i * p->K, p->b + j * p->K, p->K);
    mpfr_mul_2si(w->sum, w->sum, -scale, MPFR_RNDN);
    mpfr_mul_2si(w->magnitude, w->magnitude, -scale, MPFR_RNDN);

    mpfr_sub_d(w->difference, w->sum, p->products.c[at], MPFR_RNDU);
    if (is_long)
        mpfr_sub_d(w->difference, w->difference, p->products.lo[at], MPFR_RNDU);
    mpfr_abs(w->difference, w->difference, MPFR_RNDU);
    if (is_long)
        mpfr_set_d(w->sum, vjp_block_error_long(p->K), MPFR_RNDN);
    else
        mpfr_mul_d(w->sum, w->magnitude, vjp_block_error(p->K), MPFR_RNDD);
    check(t, mpfr_lessequal_p(w->difference, w->sum),
          "%s: K=%" PRId64 " (%" PRId64 ",%" PRId64 "): off by %g, the bound is %g",
          p->left.kernel->name, p->K, i, j, mpfr_get_d(w->difference, MPFR_RNDN),
          mpfr_get_d(w->sum, MPFR_RNDN));

    if (p->left.vectors[i].reach == VJP_REACH_EXTREME ||
        p->right.vectors[j].reach == VJP_REACH_EXTREME)
        return;
    const double s = p->products.s[at];
    mpfr_mul_d(w->difference, w->magnitude, 1 + 0x1p-14, MPFR_RNDD);
    check(t, mpfr_cmp_d(w->magnitude, s) <= 0 && mpfr_cmp_d(w->difference, s) >= 0,
          "%s: K=%" PRId64 " (%" PRId64 ",%" PRId64 "): s is %.17g for %.17g", p->left.kernel->name,
          p->K, i, j, s, mpfr_get_d(w->magnitude, MPFR_RNDN));
}

static const int64_t lengths[] = {1, 2, 3, 64, 255, 256, 257, 513};

/* Draws data of every sort and length, for tiles that are whole and tiles that are not. */
static void check_random(enum vjp_block_elements elements, int bits, int range, mpfr_prec_t exact)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, exact);
    uint64_t state = 1;
    for (size_t n = 0; n < sizeof lengths / sizeof *lengths; n++) {
        for (int kind = 0; kind < DATA_COUNT * count; kind++) {
            struct pair p;
            pair_init(&p, elements, 7, 19, lengths[n], kernels[kind % count]);
            pair_draw(&p, &state, (enum data)(kind / count), bits, range);
            pair_multiply(&p);
            for (int64_t at = 0; at<p.rows * p.cols; at += lengths[n]> 64 ? 5 : 1)
                check_pair(&t, &w, &p, at / p.cols, at % p.cols);
            pair_clear(&p);
        }
    }
    witness_clear(&w);
    tally_assert(&t, 5000);
}

Test(block, short_products_and_magnitudes)
{
    check_random(VJP_BLOCK_SHORT, 24, 120, SHORT_BITS);
}

Test(block, long_products_and_magnitudes)
{
    check_random(VJP_BLOCK_LONG, 53, 190, LONG_BITS);
}

/* Elements of extreme reach: c stands; and so does s where only the scales are extreme. */
Test(block, long_products_far_from_1)
{
    check_random(VJP_BLOCK_LONG, 53, 640, LONG_BITS);
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, LONG_BITS);
    uint64_t state = 2;
    for (int kind = 0; kind < 3 * count; kind++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_LONG, 6, 8, 70, kernels[kind % count]);
        pair_draw(&p, &state, NORMAL, 53, 0);
        /* Subnormal elements, or the largest. */
        for (int64_t k = 0; k < p.rows * p.K; k++)
            p.a[k] = ldexp(p.a[k], kind / count == 0 ? -1071 : 1019);
        for (int64_t k = 0; k < p.cols * p.K; k++)
            p.b[k] = ldexp(p.b[k], kind / count == 1 ? -1071 : kind / count == 2 ? 300 : -300);
        pair_multiply(&p);
        for (int64_t at = 0; at < p.rows * p.cols; at++)
            check_pair(&t, &w, &p, at / p.cols, at % p.cols);
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 300);
}

/* Sums of chunks that no longer fit a double with all their bits, and go on to such as are larger than
 * 2^16. */
Test(block, long_sums_of_many_chunks)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, LONG_BITS);
    uint64_t state = 10;
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_LONG, 2, 5, 30000, kernels[kernel]);
        pair_draw(&p, &state, NORMAL, 53, 0);
        for (int64_t k = 0; k < p.rows * p.K; k++)
            p.a[k] = 2 - fabs(p.a[k]) * 0x1p-8;
        for (int64_t k = 0; k < p.cols * p.K; k++)
            p.b[k] = 2 - fabs(p.b[k]) * 0x1p-8;
        pair_multiply(&p);
        for (int64_t at = 0; at < p.rows * p.cols; at += 4)
            check_pair(&t, &w, &p, at / p.cols, at % p.cols);
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 9);
}

/* 1, and then numbers that each addition to it loses: half its last place, a tie that goes to even. A
 * chunk's own sum of them would be kept: a chunk has one. The bound is attained, but for its factor
 * 1 + 2^-36. */
Test(block, the_bound_is_attained)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, SHORT_BITS);
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 1, 40 * VJP_CHUNK, kernels[kernel]);
        for (int64_t k = 0; k < p.K; k++) {
            p.a[k] = k < VJP_CHUNK || k % VJP_CHUNK == 7 ? 0x1p-20 : 0;
            p.b[k] = 0x1p-33;
        }
        p.a[0] = p.b[0] = 1;
        pair_multiply(&p);
        check_pair(&t, &w, &p, 0, 0);
        check(&t, p.products.c[0] == 1, "%a", p.products.c[0]);
        const double lost = (VJP_CHUNK - 1 + 39) * 0x1p-53;
        check(&t, vjp_block_error(p.K) * (1 + lost) < lost * (1 + 0x1p-35), "a bound too wide");
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 4);
}

/* The same for single precision: without the factor s would be 1. */
Test(block, magnitudes_are_rounded_up)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, SHORT_BITS);
    for (int kind = 0; kind < 2 * count; kind++) {
        struct pair p;
        pair_init(&p, kind / count ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, 1, 1, VJP_CHUNK,
                  kernels[kind % count]);
        for (int64_t k = 0; k < p.K; k++) {
            p.a[k] = k == 0 ? 1 : 0x1p-12;
            p.b[k] = k == 0 ? -1 : 0x1p-12;
        }
        pair_multiply(&p);
        check_pair(&t, &w, &p, 0, 0);
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 4);
}

/* The largest elements meet zeros: the sum is of two numbers that lie far below them, just above where
 * the products of floats, or of doubles, become subnormal. */
Test(block, magnitudes_of_small_products)
{
    static const struct {
        enum vjp_block_elements elements;
        int left, right;
    } known[] = {
        {VJP_BLOCK_SHORT, 59, 59},   {VJP_BLOCK_SHORT, 60, 60}, {VJP_BLOCK_SHORT, 61, 61},
        {VJP_BLOCK_SHORT, 74, 74},   {VJP_BLOCK_SHORT, 140, 0}, {VJP_BLOCK_SHORT, 0, 140},
        {VJP_BLOCK_SHORT, 126, 126}, {VJP_BLOCK_LONG, 60, 60},  {VJP_BLOCK_LONG, 63, 63},
        {VJP_BLOCK_LONG, 390, 1},    {VJP_BLOCK_LONG, 1, 390},  {VJP_BLOCK_LONG, 400, 400},
    };
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, LONG_BITS);
    uint64_t state = 9;
    for (size_t n = 0; n < (size_t)count * (sizeof known / sizeof *known); n++) {
        const size_t at = n / (size_t)count;
        const int bits = known[at].elements == VJP_BLOCK_SHORT ? 24 : 53;
        struct pair p;
        pair_init(&p, known[at].elements, 6, 16, 4, kernels[n % (size_t)count]);
        for (int64_t k = 0; k < 5 * p.K; k++)
            p.a[k] = 1;
        for (int64_t k = 0; k < 15 * p.K; k++)
            p.b[k] = 1;
        double *a = p.a + 5 * p.K, *b = p.b + 15 * p.K; /* a tile's last */
        a[0] = b[1] = 1;
        for (int k = 2; k < 4; k++) {
            a[k] = random_number(&state, bits, -known[at].left);
            b[k] = random_number(&state, bits, -known[at].right);
        }
        pair_multiply(&p);
        check_pair(&t, &w, &p, 5, 15);
        check(&t, p.left.vectors[5].reach != VJP_REACH_EXTREME, "%zu: s may not be used", at);
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 30);
}

/* Only what was asked for is written, and a vector can be set again. */
Test(block, refilled_and_in_part)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, SHORT_BITS);
    uint64_t state = 3;
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_SHORT, 20, 40, 300, kernels[kernel]);
        pair_draw(&p, &state, SPREAD, 24, 120);
        pair_multiply(&p);
        pair_draw(&p, &state, NORMAL, 24, 0);
        for (int64_t i = 0; i < 8; i++)
            vjp_block_set(&p.left, i, p.a + i * p.K);
        for (int64_t j = 0; j < 21; j++)
            vjp_block_set(&p.right, j, p.b + j * p.K);
        for (int64_t at = 0; at < p.rows * p.cols; at++)
            p.products.c[at] = p.products.s[at] = -77;
        vjp_block_product(&p.left, 8, &p.right, 21, &p.products);
        for (int64_t at = 0; at < p.rows * p.cols; at++) {
            if (at / p.cols < 8 && at % p.cols < 21)
                check_pair(&t, &w, &p, at / p.cols, at % p.cols);
            else
                check(&t, p.products.c[at] == -77 && p.products.s[at] == -77,
                      "%s wrote at %" PRId64, kernels[kernel]->name, at);
        }
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 800);
}

Test(block, a_vector_that_is_not_finite_spoils_its_own_products)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    struct witness w;
    witness_init(&w, SHORT_BITS);
    uint64_t state = 6;
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_SHORT, 6, 16, 20, kernels[kernel]);
        pair_draw(&p, &state, NORMAL, 24, 0);
        p.a[2 * p.K + 3] = NAN;
        p.b[5 * p.K + 4] = INFINITY;
        pair_multiply(&p);
        for (int64_t at = 0; at < p.rows * p.cols; at++) {
            if (at / p.cols == 2 || at % p.cols == 5)
                check(&t, !isfinite(p.products.c[at]), "%a", p.products.c[at]);
            else
                check_pair(&t, &w, &p, at / p.cols, at % p.cols);
        }
        pair_clear(&p);
    }
    witness_clear(&w);
    tally_assert(&t, 90);
}

Test(block, sums_of_nothing)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (int kind = 0; kind < 2 * count; kind++) {
        struct pair p;
        pair_init(&p, kind / count ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, 2, 3, 0,
                  kernels[kind % count]);
        for (int at = 0; at < 6; at++)
            p.products.c[at] = p.products.s[at] = p.products.lo[at] = 7;
        pair_multiply(&p);
        for (int at = 0; at < 6; at++)
            cr_expect(p.products.c[at] == 0 && p.products.s[at] == 0 &&
                      p.products.lo[at] == (kind / count ? 0 : 7));
        pair_clear(&p);
    }
    cr_expect_eq(vjp_block_error(0), 0);
    cr_expect_eq(vjp_block_error(1), 0);
    cr_expect_eq(vjp_block_error_long(0), 0);
}
