/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products of long elements, rounded to f64. */
#include "oracle/exact/filter.h"

#include "tests/oracle/exact/blocks.h"

#include <mpfr.h>

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

/* Row i has m and, mostly, half a unit in its last place; x y - x y' - x y'' is zero, y' and y'' being
 * the halves of y, but not where the products lose their last bits; and the last term says on which side
 * of the midpoint the sum lies. At any scale. */
static void draw_long_midpoints(struct pair *p, uint64_t *state)
{
    for (int64_t i = 0; i < p->rows; i++) {
        double *a = p->a + i * p->K;
        const int scale = (int)random_between(state, -400, 400);
        a[0] = random_number(state, 53, 0);
        a[1] = random_between(state, 0, 3) ? copysign(0x1p-53, a[0]) : 0;
        a[2] = random_number(state, 53, 0);
        a[3] = a[4] = -a[2];
        a[5] = random_number(state, 53, -(int)random_between(state, 10, 50));
        for (int64_t k = 0; k < p->K; k++)
            a[k] = ldexp(a[k], scale);
    }
    for (int64_t j = 0; j < p->cols; j++) {
        double *b = p->b + j * p->K;
        const int scale = (int)random_between(state, -400, 400);
        b[0] = b[1] = ldexp(1, scale);
        if (j % 2) {
            b[2] = random_number(state, 53, scale);
            b[3] = (double)(float)ldexp(b[2], -scale) * b[0];
            b[4] = b[2] - b[3];
        }
        b[5] = random_number(state, 53, scale - (int)random_between(state, 5, 70));
    }
}

Test(filter_long, next_to_midpoints)
{
    const struct vjp_kernel *kernels[KERNELS_MAX];
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
Test(filter_long, special)
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
    const struct vjp_kernel *kernels[KERNELS_MAX];
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
