/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/filter.h"

#include "tests/oracle/exact/blocks.h"

#include <mpfr.h>

static const enum vjp_dtype short_dtypes[] = {VJP_BF16, VJP_F16, VJP_F32};

/* One row's storage. */
struct row {
    struct vjp_filtered filtered;
    bool *is_open;
};

static void row_init(struct row *row, int64_t cols)
{
    row->filtered.bits = doubles(cols);
    row->filtered.tail = doubles(cols);
    row->filtered.open = calloc((size_t)cols, sizeof *row->filtered.open);
    row->is_open = calloc((size_t)cols, sizeof *row->is_open);
    cr_assert(row->filtered.open && row->is_open);
}

static void row_clear(struct row *row)
{
    free(row->filtered.bits);
    free(row->filtered.tail);
    free(row->filtered.open);
    free(row->is_open);
}

static void row_filter(struct row *row, const struct pair *p, int64_t i, enum vjp_dtype dtype)
{
    const struct vjp_filter filter = {
        .left = &p->left, .right = &p->right, .products = &p->products, .dtype = dtype};
    vjp_filter_row(&filter, i, p->cols, &row->filtered);
    memset(row->is_open, 0, (size_t)p->cols * sizeof *row->is_open);
    for (int64_t n = 0; n < row->filtered.open_count; n++)
        row->is_open[row->filtered.open[n]] = true;
}

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
    const struct vjp_kernel *kernels[2];
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
    const struct vjp_kernel *kernels[2];
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
    const struct vjp_kernel *kernels[2];
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

/* What overflows the format, or comes of a vector that is not finite, is left open; the largest number
 * that does not overflow is settled. */
Test(filter, too_large_or_not_finite)
{
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    for (int n = 0; n < 3 * count; n++) {
        const enum vjp_dtype dtype = short_dtypes[n / count];
        const double largest = vjp_bits_to_double(dtype, vjp_bits_infinity(dtype, false) - 1);
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_SHORT, 1, 7, 2, kernels[n % count]);
        row_init(&row, p.cols);
        p.a[0] = p.a[1] = 1;
        const double half = ldexp(1, vjp_format(dtype)->emax - vjp_format(dtype)->precision);
        const double b[7][2] = {
            {largest, 0},  {largest, half},      {INFINITY, 1}, {largest, half * 0.75},
            {-largest, 0}, {-largest, -largest}, {NAN, 0},
        };
        memcpy(p.b, b, sizeof b);
        pair_multiply(&p);
        row_filter(&row, &p, 0, dtype);
        for (int64_t j = 0; j < 7; j++)
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
    const struct vjp_kernel *kernels[2];
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

/* Rounds the exact sum of a_k b_k to f64: the number, and what is left of the sum. */
static double exact_f64(const double *a, const double *b, int64_t K, double *tail)
{
    mpfr_t sum, product;
    mpfr_init2(sum, 2400);
    mpfr_init2(product, 106);
    mpfr_set_ui(sum, 0, MPFR_RNDN);
    for (int64_t k = 0; k < K; k++) {
        mpfr_set_d(product, a[k], MPFR_RNDN);
        mpfr_mul_d(product, product, b[k], MPFR_RNDN);
        cr_assert_eq(mpfr_add(sum, sum, product, MPFR_RNDN), 0);
    }
    const double rounded = mpfr_get_d(sum, MPFR_RNDN);
    mpfr_sub_d(sum, sum, rounded, MPFR_RNDN);
    *tail = mpfr_get_d(sum, MPFR_RNDN);
    mpfr_clears(sum, product, (mpfr_ptr)0);
    return rounded;
}

/* Row i is around the midpoint of two doubles, m + 2^-53, and column j adds something to it, with terms
 * that the fast path cannot keep whole; at any scale. */
static void draw_long_midpoints(struct pair *p, uint64_t *state)
{
    for (int64_t i = 0; i < p->rows; i++) {
        double *a = p->a + i * p->K;
        const int scale = (int)random_between(state, -400, 400);
        a[0] = random_number(state, 53, 0);
        a[1] = random_between(state, 0, 3) ? copysign(0x1p-53, a[0]) : 0;
        for (int64_t k = 2; k < p->K; k++)
            a[k] = random_number(state, 53, -(int)random_between(state, 20, 50));
        for (int64_t k = 0; k < p->K; k++)
            a[k] = ldexp(a[k], scale);
    }
    for (int64_t j = 0; j < p->cols; j++) {
        double *b = p->b + j * p->K;
        b[0] = b[1] = ldexp(1, (int)random_between(state, -400, 400));
        const int depth = (int)random_between(state, 5, 70);
        for (int64_t k = 2; k < p->K; k++)
            b[k] = random_between(state, 0, 3) ? b[0] * random_number(state, 53, -depth) : 0;
    }
}

Test(filter, long_next_to_midpoints)
{
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    struct tally t = {0};
    int64_t open = 0;
    for (int kernel = 0; kernel < count; kernel++) {
        struct pair p;
        struct row row;
        uint64_t state = 8;
        pair_init(&p, VJP_BLOCK_LONG, 60, 400, 6, kernels[kernel]);
        row_init(&row, p.cols);
        draw_long_midpoints(&p, &state);
        pair_multiply(&p);
        for (int64_t i = 0; i < p.rows; i++) {
            row_filter(&row, &p, i, VJP_F64);
            open += row.filtered.open_count;
            for (int64_t j = 0; j < p.cols; j++) {
                if (row.is_open[j])
                    continue;
                double tail;
                const double value = exact_f64(p.a + i * p.K, p.b + j * p.K, p.K, &tail);
                const double is = ((const double *)row.filtered.bits)[j];
                const int scale = p.left.vectors[i].scale + p.right.vectors[j].scale;
                check(&t, is == value, "%s: %a for %a", kernels[kernel]->name, is, value);
                check(&t,
                      fabs(row.filtered.tail[j] - tail) <= ldexp(vjp_block_error_long(p.K), scale) +
                                                               0x1p-52 * fabs(tail) + 0x1p-1070,
                      "%s: tail %a for %a", kernels[kernel]->name, row.filtered.tail[j], tail);
            }
        }
        row_clear(&row);
        pair_clear(&p);
    }
    tally_assert(&t, 20000);
    cr_expect_gt(open, 1000, "the data is not hard: %" PRId64 " open", open);
}

/* Results that are no normal numbers are left open, zeros are settled, and so are integers up to 2^53. */
Test(filter, long_special)
{
    static const struct {
        double a[2], b[2];
        bool open;
        double value;
    } known[] = {
        {{0, 0}, {1, 1}, false, 0},
        {{1, -1}, {3, 3}, false, 0},
        {{1, 0}, {0, 1}, false, 0},
        {{0x1p52, 1}, {1, 1}, false, 0x1p52 + 1},
        {{0x1p52, 3}, {1, 1}, false, 0x1p52 + 3},
        {{0x1p53, 1}, {1, 1}, true, 0}, /* a tie, and larger than what is known to be exact */
        {{0x1p-600, 0}, {0x1p-600, 0}, true, 0},
        {{0x1p-1074, 0}, {0.5, 0}, true, 0},
        {{0x1p-1022, 0}, {1, 0}, true, 0},
        {{0x1p-1021, 0}, {1, 0}, false, 0x1p-1021},
        {{0x1p-1074, 0}, {0x1p1000, 0}, false, 0x1p-74},
        {{0x1p600, 0}, {0x1p600, 0}, true, 0},
        {{0x1p1023, 0}, {1, 0}, false, 0x1p1023},
        {{0x1p1023, 0x1p1023}, {1, 1}, true, 0},
        {{0x1p1023, 0x1p-1074}, {0, 1}, true, 0}, /* extreme reach */
        {{NAN, 0}, {1, 1}, true, 0},
        {{1, 1}, {INFINITY, 1}, true, 0},
    };
    const struct vjp_kernel *kernels[2];
    const int count = each_kernel(kernels);
    for (size_t n = 0; n < (size_t)count * (sizeof known / sizeof *known); n++) {
        const size_t at = n / (size_t)count;
        struct pair p;
        struct row row;
        pair_init(&p, VJP_BLOCK_LONG, 1, 1, 2, kernels[n % (size_t)count]);
        row_init(&row, 1);
        memcpy(p.a, known[at].a, sizeof known[at].a);
        memcpy(p.b, known[at].b, sizeof known[at].b);
        pair_multiply(&p);
        row_filter(&row, &p, 0, VJP_F64);
        cr_expect_eq(row.is_open[0], known[at].open, "case %zu", at);
        if (!known[at].open)
            cr_expect_eq(*(const double *)row.filtered.bits, known[at].value, "case %zu: %a", at,
                         *(const double *)row.filtered.bits);
        row_clear(&row);
        pair_clear(&p);
    }
}
