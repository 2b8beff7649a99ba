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
    const struct vjp_kernel *kernels[2];
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
    const struct vjp_kernel *kernels[2];
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

/* 1, and then numbers that each addition to it loses: half its last place, a tie that goes to even. A
 * chunk's own sum of them would be kept: a chunk has one. The bound is attained, but for its factor
 * 1 + 2^-36. */
Test(block, the_bound_is_attained)
{
    const struct vjp_kernel *kernels[2];
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
    const struct vjp_kernel *kernels[2];
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

/* Both kernels add in the same order. */
Test(block, kernels_agree)
{
    const struct vjp_kernel *kernels[2];
    if (each_kernel(kernels) == 1)
        cr_skip_test("this CPU has no AVX2");
    struct tally t = {0};
    for (int kind = 0; kind < 2 * DATA_COUNT; kind++) {
        struct pair p[2];
        for (int kernel = 0; kernel < 2; kernel++) {
            uint64_t state = (uint64_t)kind;
            pair_init(&p[kernel], kind % 2 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, 13, 37, 600,
                      kernels[kernel]);
            pair_draw(&p[kernel], &state, (enum data)(kind / 2), 24, 120);
            pair_multiply(&p[kernel]);
        }
        const size_t size = 13 * 37 * sizeof(double);
        check(&t, memcmp(p[0].products.c, p[1].products.c, size) == 0, "c of %d", kind);
        check(&t, memcmp(p[0].products.lo, p[1].products.lo, size) == 0, "lo of %d", kind);
        for (int i = 0; i < 13; i++) {
            const struct vjp_block_vector *x = &p[0].left.vectors[i], *y = &p[1].left.vectors[i];
            check(&t,
                  x->is_finite == y->is_finite && x->reach == y->reach && x->scale == y->scale &&
                      x->lowest == y->lowest && x->nonzeros == y->nonzeros,
                  "vector %d of %d", i, kind);
        }
        pair_clear(&p[0]);
        pair_clear(&p[1]);
    }
    tally_assert(&t, 100);
}

/* Only what was asked for is written, and a vector can be set again. */
Test(block, refilled_and_in_part)
{
    const struct vjp_kernel *kernels[2];
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

/* What is known of a vector, for each kernel. */
static struct vjp_block_vector known_of(const struct vjp_kernel *kernel,
                                        enum vjp_block_elements elements, const double *v,
                                        int64_t K)
{
    struct vjp_block block;
    struct vjp_error error;
    cr_assert_eq(vjp_block_init(&block, VJP_BLOCK_LEFT, elements, 1, K, &error), VJP_OK);
    block.kernel = kernel;
    vjp_block_set(&block, 0, v);
    const struct vjp_block_vector known = block.vectors[0];
    vjp_block_clear(&block);
    return known;
}

Test(block, what_is_known_of_a_vector)
{
    static const struct {
        enum vjp_block_elements elements;
        double v[5];
        bool is_finite;
        enum vjp_reach reach;
        int scale;
        int64_t lowest;
        int64_t nonzeros;
    } known[] = {
        {VJP_BLOCK_SHORT, {0, -0.0, 0, 0, 0}, true, VJP_REACH_NARROW, 0, INT64_MAX, 0},
        {VJP_BLOCK_SHORT, {1, 1, 1, 1, 1}, true, VJP_REACH_NARROW, 0, 0, 5},
        {VJP_BLOCK_SHORT, {0, 1.5, 0, -1.25, 0}, true, VJP_REACH_NARROW, 0, -2, 2},
        {VJP_BLOCK_SHORT, {4, 6, -5, 7, 4}, true, VJP_REACH_NARROW, 2, 0, 5},
        {VJP_BLOCK_SHORT, {1, 0x1.fffffep0, 1, 1, -8}, true, VJP_REACH_NARROW, 3, -23, 5},
        {VJP_BLOCK_SHORT, {0x1p-149, 0, 0, 0, 0}, true, VJP_REACH_NARROW, -149, -149, 1},
        {VJP_BLOCK_SHORT, {1.5, 0x1p-60, 0, 0, 0}, true, VJP_REACH_NARROW, 0, -61, 2},
        {VJP_BLOCK_SHORT, {1, 0, 0, 0, -0x1.8p-61}, true, VJP_REACH_WIDE, 0, -62, 2},
        {VJP_BLOCK_SHORT, {0x1p127, 0x1p-149, 0, 0, 0}, true, VJP_REACH_WIDE, 127, -149, 2},
        {VJP_BLOCK_SHORT, {1, 2, INFINITY, 0, 0}, false, VJP_REACH_NARROW, 0, INT64_MAX, 0},
        {VJP_BLOCK_SHORT, {1, 2, 3, 4, -INFINITY}, false, VJP_REACH_NARROW, 0, INT64_MAX, 0},
        {VJP_BLOCK_SHORT, {1, NAN, 2, 3, 4}, false, VJP_REACH_NARROW, 0, INT64_MAX, 0},
        {VJP_BLOCK_LONG, {1, 0x1p-400, 0, 0, 0}, true, VJP_REACH_WIDE, 0, -400, 2},
        {VJP_BLOCK_LONG, {1, 0, 0, 0, 0x1.8p-401}, true, VJP_REACH_EXTREME, 0, -402, 2},
        {VJP_BLOCK_LONG, {0x1p-1074, 0x1p-1073, 0, 0, 0}, true, VJP_REACH_NARROW, -1073, -1074, 2},
        {VJP_BLOCK_LONG, {0x1.8p1023, 0, 1, 0, 0}, true, VJP_REACH_EXTREME, 1023, -1, 2},
    };
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    for (int kernel = 0; kernel < count; kernel++) {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            const struct vjp_block_vector is =
                known_of(kernels[kernel], known[i].elements, known[i].v, 5);
            cr_expect(
                is.is_finite == known[i].is_finite && is.reach == known[i].reach &&
                    is.scale == known[i].scale && is.lowest == known[i].lowest &&
                    is.nonzeros == known[i].nonzeros,
                "%s, %zu: finite %d, reach %d, scale %d, lowest %" PRId64 ", %" PRId64 " not zero",
                kernels[kernel]->name, i, is.is_finite, is.reach, is.scale, is.lowest, is.nonzeros);
        }
    }
}

/* Every element is a multiple of 2^lowest, and lies where scale says. */
Test(block, multiples_and_scales)
{
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    uint64_t state = 4;
    for (int n = 0; n < 3000; n++) {
        double v[9], largest = 0;
        const int p = (int)random_between(&state, 1, 53);
        draw(&state, n % 2 ? SPREAD : NORMAL, p, 400, false, 9, v);
        const struct vjp_block_vector is = known_of(kernels[n % count], VJP_BLOCK_LONG, v, 9);
        for (int k = 0; k < 9; k++) {
            check(&t, fmod(v[k], ldexp(1, (int)is.lowest)) == 0, "%a is no multiple of 2^%" PRId64,
                  v[k], is.lowest);
            largest = fmax(largest, fabs(v[k]));
        }
        check(&t, ldexp(1, is.scale) <= largest && largest < ldexp(2, is.scale), "%a at %d",
              largest, is.scale);
        if (n % 2 == 0)
            check(&t, is.lowest >= -3 - p + 1, "2^%" PRId64 " for %d bits", is.lowest, p);
    }
    tally_assert(&t, 30000);
}

Test(block, products_that_are_not_zero)
{
    static const int64_t sizes[] = {0, 1, 63, 64, 65, 200};
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    uint64_t state = 5;
    for (size_t n = 0; n < count * sizeof sizes / sizeof *sizes; n++) {
        struct pair p;
        pair_init(&p, VJP_BLOCK_SHORT, 5, 6, sizes[n / (size_t)count], kernels[n % (size_t)count]);
        pair_draw(&p, &state, SPARSE, 24, 0);
        for (int64_t k = 0; k < p.K; k++) {
            p.a[k] = p.b[k] = 1; /* without zeros */
            p.a[p.K + k] = -p.a[p.K + k];
        }
        pair_multiply(&p);
        for (int64_t at = 0; at < 30; at++) {
            const int64_t i = at / 6, j = at % 6;
            int64_t expected = 0;
            for (int64_t k = 0; k < p.K; k++)
                expected += p.a[i * p.K + k] != 0 && p.b[j * p.K + k] != 0;
            check(&t, vjp_block_nonzero_products(&p.left, i, &p.right, j) == expected,
                  "K=%" PRId64 " (%" PRId64 ",%" PRId64 ")", p.K, i, j);
        }
        pair_clear(&p);
    }
    tally_assert(&t, 180);
}

Test(block, a_vector_that_is_not_finite_spoils_its_own_products)
{
    const struct vjp_kernel *kernels[2];
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
    const struct vjp_kernel *kernels[2];
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

Test(block, too_long)
{
    struct vjp_block block = {.K = 77};
    struct vjp_error error = {""};
    cr_expect_eq(
        vjp_block_init(&block, VJP_BLOCK_LEFT, VJP_BLOCK_SHORT, 1, VJP_BLOCK_TERMS_MAX + 1, &error),
        VJP_ERR_LIMIT);
    cr_expect_eq(block.K, 77);
    cr_expect_not_null(strstr(error.text, "16777217"), "%s", error.text);
    cr_expect_eq(vjp_block_init(&block, VJP_BLOCK_RIGHT, VJP_BLOCK_LONG, INT64_MAX / 4,
                                VJP_BLOCK_TERMS_MAX, &error),
                 VJP_ERR_LIMIT);
    cr_expect_eq(block.K, 77);
}
