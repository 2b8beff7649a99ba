/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/filter.h"

#include "tests/oracle/exact/blocks.h"

static const enum vjp_dtype short_dtypes[] = {VJP_BF16, VJP_F16, VJP_F32};

/* x + y rounded to odd: of the doubles around it the odd one, unless it is a double. Rounding that to
 * a format of at most 51 bits gives what rounding x + y gives (Boldo and Melquiond 2008). */
static double odd_sum(double x, double y)
{
    const double sum = x + y;
    const double part = sum - x;
    const double lost = (x - (sum - part)) + (y - part);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (lost == 0 || bits & 1)
        return sum;
    return nextafter(sum, lost > 0 ? INFINITY : -INFINITY);
}

/* Sums next to where the format rounds: m + h + t with m in the format, h half a unit in its last place
 * and t, of either sign, from a good part of that down to far below what a double holds. Row i has m,
 * column j a power of two; the elements are (m, h, t_i) and (2^j, 2^j, t_j), so that two numbers have the
 * sum. */
static void draw_midpoints(struct pair *p, uint64_t *state, enum vjp_dtype dtype)
{
    const struct vjp_format *format = vjp_format(dtype);
    for (int64_t i = 0; i < p->rows; i++) {
        double *a = p->a + i * 3;
        const int low = (int)random_between(state, format->emin - 3, format->emin + 20);
        const int q = (low < format->emin ? format->emin : low) - format->precision + 1;
        a[0] = rint(ldexp(random_number(state, format->precision, low), -q)) * ldexp(1, q + 70);
        a[1] = random_between(state, 0, 3) ? ldexp(1, q + 69) : 0;
        a[2] = random_between(state, 0, 5)
                   ? random_number(state, 3, q + 70 - (int)random_between(state, 5, 20))
                   : 0;
    }
    for (int64_t j = 0; j < p->cols; j++) {
        double *b = p->b + j * 3;
        b[0] = b[1] = ldexp(random_between(state, 0, 1) ? 1 : -1, -70 + (int)(j % 4));
        b[2] = random_number(state, 3, -70 - (int)random_between(state, 0, 45));
    }
}

static void check_midpoints(struct tally *t, int64_t *open, const struct vjp_kernel *kernel,
                            enum vjp_dtype dtype, int64_t rows)
{
    struct pair p;
    struct row row;
    uint64_t state = (uint64_t)dtype;
    pair_init(&p, VJP_BLOCK_SHORT, rows, 1027, 3, kernel);
    row_init(&row, p.cols);
    draw_midpoints(&p, &state, dtype);
    pair_multiply(&p);
    for (int64_t i = 0; i < rows; i++) {
        row_filter(&row, &p, i, dtype);
        *open += row.filtered.open_count;
        const double *a = p.a + i * 3;
        for (int64_t j = 0; j < p.cols; j++) {
            if (row.is_open[j])
                continue;
            const double *b = p.b + j * 3;
            const double x = (a[0] + a[1]) * b[0], y = a[2] * b[2]; /* exact */
            const uint64_t bits = vjp_bits_load(dtype, row.filtered.bits, j);
            check(t, bits == vjp_bits_from_double(dtype, odd_sum(x, y)),
                  "%s, %s: %a + %a is not %#" PRIx64, kernel->name, vjp_format(dtype)->name, x, y,
                  bits);
            const double tail = (x - vjp_bits_to_double(dtype, bits)) + y;
            const double bound = vjp_block_error(3) * p.products.s[i * p.cols + j];
            check(t, fabs(row.filtered.tail[j] - tail) <= bound + 0x1p-52 * fabs(tail),
                  "%s: tail %a of %a + %a", kernel->name, row.filtered.tail[j], x, y);
        }
    }
    row_clear(&row);
    pair_clear(&p);
}

/* Nothing is settled wrongly, and what is far enough from the midpoint, or exact, is settled. */
Test(filter, next_to_midpoints)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    int64_t open = 0;
    for (size_t d = 0; d < 3; d++) {
        for (int kernel = 0; kernel < count; kernel++)
            check_midpoints(&t, &open, kernels[kernel], short_dtypes[d], kernel ? 400 : 200);
    }
    tally_assert(&t, 1000000);
    cr_expect_gt(open, 10000, "the data is not hard: %" PRId64 " open", open);
}

/* A sum that errs by all of the bound and so falls on the wrong side of a midpoint: 1 + 2^-24 less 252 half
 * units in the last place of a double, plus 253 of them that are lost one by one. */
Test(filter, the_whole_bound_is_needed)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 5, 256, kernels[kernel]);
        row_init(&row, p.cols);
        for (int64_t k = 0; k < p.K; k++) {
            p.a[k] = 0x1p-26;
            for (int64_t j = 0; j < p.cols; j++)
                p.b[j * p.K + k] = 0x1p-27;
        }
        p.a[0] = p.a[1] = p.a[2] = 1;
        for (int64_t j = 0; j < p.cols; j++) {
            p.b[j * p.K] = 1;
            p.b[j * p.K + 1] = 0x1p-24;
            p.b[j * p.K + 2] = -252 * 0x1p-53;
        }
        pair_multiply(&p);
        cr_assert_lt(p.products.c[0], 1 + 0x1p-24);
        row_filter(&row, &p, 0, VJP_F32);
        cr_expect_eq(row.filtered.open_count, 5, "%s settled it", kernels[kernel]->name);
        row_clear(&row);
        pair_clear(&p);
    }
}

/* Ties that are exact are settled, to even; so are zeros. */
Test(filter, exact_sums)
{
    static const struct {
        enum vjp_dtype dtype;
        double x, y;
        double rounded;
    } known[] = {
        {VJP_F32, 1, 0x1p-24, 1},    {VJP_F32, 1 + 0x1p-23, 0x1p-24, 1 + 0x1p-22},
        {VJP_F32, -1, -0x1p-24, -1}, {VJP_F16, 2048, 1, 2048},
        {VJP_F16, 2050, 1, 2052},    {VJP_F16, 0x1p-25, 0x1p-24, 0x1p-23},
        {VJP_F16, 0x1p-25, 0, 0},    {VJP_BF16, 256, 1, 256},
        {VJP_BF16, -258, -1, -260},  {VJP_F32, 3, -3, 0},
        {VJP_BF16, 0, 0, 0},
    };
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (size_t n = 0; n < (size_t)count * (sizeof known / sizeof *known); n++) {
        const size_t at = n / (size_t)count;
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 5, 2, kernels[n % (size_t)count]);
        row_init(&row, p.cols);
        p.a[0] = known[at].x;
        p.a[1] = known[at].y;
        for (int64_t k = 0; k < 10; k++)
            p.b[k] = 1;
        pair_multiply(&p);
        row_filter(&row, &p, 0, known[at].dtype);
        cr_expect_eq(row.filtered.open_count, 0, "case %zu", at);
        for (int64_t j = 0; j < 5; j++) {
            const uint64_t bits = vjp_bits_load(known[at].dtype, row.filtered.bits, j);
            cr_expect_eq(bits, vjp_bits_from_double(known[at].dtype, known[at].rounded),
                         "case %zu: %#" PRIx64, at, bits);
            cr_expect_eq(row.filtered.tail[j], known[at].x + known[at].y - known[at].rounded);
        }
        row_clear(&row);
        pair_clear(&p);
    }
}

/* +-2^-130, all of which was lost: the format's zeros have signs, and this one's is not known. */
Test(filter, a_zero_of_unknown_sign)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (int n = 0; n < 2 * count; n++) {
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 7, 3, kernels[n % count]);
        row_init(&row, p.cols);
        const double a[3] = {0x1p-60, n / count ? -0x1p-130 : 0x1p-130, -0x1p-60};
        memcpy(p.a, a, sizeof a);
        for (int64_t k = 0; k < 21; k++)
            p.b[k] = 1;
        pair_multiply(&p);
        cr_assert_eq(p.products.c[0], 0);
        row_filter(&row, &p, 0, VJP_F16);
        cr_expect_eq(row.filtered.open_count, 7);
        row_clear(&row);
        pair_clear(&p);
    }
}

/* What overflows the format, or comes of a vector that is not finite, is left open; the largest number
 * that does not overflow is settled. */
Test(filter, too_large_or_not_finite)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    for (int n = 0; n < 3 * count; n++) {
        const enum vjp_dtype dtype = short_dtypes[n / count];
        const double largest = vjp_bits_to_double(dtype, vjp_bits_infinity(dtype, false) - 1);
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 9, 2, kernels[n % count]);
        row_init(&row, p.cols);
        p.a[0] = p.a[1] = 1;
        const double half = ldexp(1, vjp_format(dtype)->emax - vjp_format(dtype)->precision);
        const double b[9][2] = {
            {largest, 0},  {NAN, 0},        {INFINITY, 1},      {largest, half * 0.75},
            {-largest, 0}, {largest, half}, {largest, largest}, {-largest, -largest},
            {NAN, 0},
        };
        memcpy(p.b, b, sizeof b);
        pair_multiply(&p);
        row_filter(&row, &p, 0, dtype);
        for (int64_t j = 0; j < 9; j++)
            cr_expect_eq(row.is_open[j], j != 0 && j != 3 && j != 4, "%s: %" PRId64,
                         vjp_format(dtype)->name, j);
        cr_expect_eq(vjp_bits_load(dtype, row.filtered.bits, 3),
                     vjp_bits_infinity(dtype, false) - 1);
        row_clear(&row);
        pair_clear(&p);
    }
}

/* Of ordinary data few elements stay open, and the kernels agree on which. */
Test(filter, ordinary_data_is_settled)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
    const int count = each_kernel(kernels);
    static const enum vjp_dtype dtypes[] = {VJP_BF16, VJP_F16, VJP_F32, VJP_F64};
    for (int n = 0; n < 4 * count; n++) {
        const enum vjp_dtype dtype = dtypes[n / count];
        struct pair p;
        struct row row;
        uint64_t state = 7;
        int64_t open = 0;
        pair_init(&p, dtype == VJP_F64 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, 30, 50, 1000,
                  kernels[n % count]);
        row_init(&row, p.cols);
        pair_draw(&p, &state, NORMAL, vjp_format(dtype)->precision, 0);
        pair_multiply(&p);
        for (int64_t i = 0; i < p.rows; i++) {
            row_filter(&row, &p, i, dtype);
            open += row.filtered.open_count;
        }
        cr_expect_leq(open, 15, "%s, %s: %" PRId64 " of 1500 open", p.left.kernel->name,
                      vjp_format(dtype)->name, open);
        row_clear(&row);
        pair_clear(&p);
    }
}
