/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/element.h"

#include "tests/oracle/tally.h"

#include <inttypes.h>
#include <math.h>

static struct vjp_solved solve(enum vjp_dtype dtype, const double *a, const double *b, int64_t n,
                               double old)
{
    struct vjp_accumulator *accumulator;
    struct vjp_error error = {""};
    struct vjp_solved out;
    cr_assert_eq(vjp_accumulator_create(dtype, false, &accumulator, &error), VJP_OK);
    vjp_element_solve(accumulator, dtype, a, b, n, old, &out);
    vjp_accumulator_destroy(accumulator);
    return out;
}

/* 2^24 + 1 + 2^-30 lies just above the middle of two f32: it rounds up, by 1 - 2^-30. */
Test(element, is_the_sum_rounded_once)
{
    const double a[] = {0x1p12, 1, -3}, b[] = {0x1p12, 0x1p-30, 2};
    const struct vjp_solved s = solve(VJP_F32, a, b, 3, 7);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24 + 2);
    cr_expect_eq(s.tail, -1 + 0x1p-30);
    cr_expect_not(s.is_special);
    const double S = 0x1p24 + 0x1p-30 + 6 + 7;
    cr_expect(s.scale >= S && s.scale <= S * (1 + 0x1p-40));
}

Test(element, of_no_terms_is_what_was_there)
{
    const struct vjp_solved s = solve(VJP_F64, NULL, NULL, 0, 0.1);
    cr_expect_eq(vjp_bits_to_double(VJP_F64, s.bits), 0.1);
    cr_expect_eq(s.tail, 0);
}

/* The same without what was there, and S is the caller's. */
Test(element, sum_is_rounded_once)
{
    const double a[] = {0x1p12, 1, -3}, b[] = {0x1p12, 0x1p-30, -2};
    struct vjp_accumulator *accumulator;
    struct vjp_error error = {""};
    struct vjp_solved s = {.scale = 5, .is_special = true};
    cr_assert_eq(vjp_accumulator_create(VJP_F32, false, &accumulator, &error), VJP_OK);
    vjp_element_sum(accumulator, VJP_F32, a, b, 3, &s);
    vjp_accumulator_destroy(accumulator);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24 + 6);
    cr_expect_eq(s.tail, 0x1p-30);
    cr_expect_eq(s.scale, 5);
    cr_expect_not(s.is_special);
}

/* Infinities and NaN come out as IEEE 754 has them, whatever is finite. */
Test(element, special_operands)
{
    const double inf = (double)INFINITY;
    const double one[] = {1, 2}, mixed[] = {3, -inf}, zero[] = {5, 0};
    struct vjp_solved s = solve(VJP_F32, one, mixed, 2, 0);
    cr_expect(s.is_special);
    cr_expect_eq(s.bits, vjp_bits_infinity(VJP_F32, true));
    s = solve(VJP_F32, zero, mixed, 2, 0);
    cr_expect(vjp_bits_is_nan(VJP_F32, s.bits), "0 times infinity");
    s = solve(VJP_F32, one, mixed, 2, inf);
    cr_expect(vjp_bits_is_nan(VJP_F32, s.bits), "infinity less infinity");
    s = solve(VJP_F32, one, one, 2, inf);
    cr_expect_eq(s.bits, vjp_bits_infinity(VJP_F32, false));
    cr_expect(s.is_special);
    cr_expect(s.scale >= 5 && s.scale < 5.01, "of the finite terms");
}

/* Both ways to a sum of numbers: as two doubles where that will do, else by the accumulator, which also knows old. The
 * same bits; a tail is rounded once, of a number that is rounded to odd or not. */
Test(element, sums_are_those_with_old_0)
{
    static const enum vjp_dtype dtypes[] = {VJP_F32, VJP_F16, VJP_BF16, VJP_F64};
    struct tally t = {0};
    uint64_t state = 9;
    for (int n = 0; n < 40000; n++) {
        const enum vjp_dtype dtype = dtypes[n % 4];
        const int p = vjp_format(dtype)->precision;
        const int reach = n % 3 == 0 ? 3 : n % 3 == 1 ? 14 : 60;
        const int64_t terms = random_between(&state, 0, 20);
        struct vjp_accumulator *accumulator;
        struct vjp_error error = {""};
        struct vjp_solved sum = {0}, all;
        double a[24], b[24];
        for (int64_t k = 0; k < terms; k++) {
            const int top = dtype == VJP_F16 && reach > 14 ? 14 : reach;
            a[k] = random_number(&state, p, (int)random_between(&state, -top, top));
            b[k] = random_number(&state, p, (int)random_between(&state, -top, top));
            if (k % 2 == 1 && n % 5 < 3) { /* a pair that cancels, as a rule */
                a[k] = random_between(&state, 0, 9) ? a[k - 1] : a[k];
                b[k] = -b[k - 1];
            }
        }
        cr_assert_eq(vjp_accumulator_create(dtype, n % 8 < 4, &accumulator, &error), VJP_OK);
        vjp_element_sum(accumulator, dtype, a, b, terms, &sum);
        vjp_element_solve(accumulator, dtype, a, b, terms, 0, &all);
        vjp_accumulator_destroy(accumulator);
        check(&t, sum.bits == all.bits && sum.is_special == all.is_special,
              "%s, %d: %#" PRIx64 " and %#" PRIx64, vjp_format(dtype)->name, n, sum.bits, all.bits);
        check(&t,
              sum.tail == all.tail ||
                  fabs(sum.tail - all.tail) <= 0x1p-52 * fabs(all.tail) + 0x1p-62 * all.scale,
              "%s, %d: tail %a and %a", vjp_format(dtype)->name, n, sum.tail, all.tail);
    }
    tally_assert(&t, 80000);
}

/* Sums side by side are those one by one, to the bit where they are known; numbers of each lane that cancel, that lie
 * far apart, and a lane of what is no number between them. */
Test(element, sums_side_by_side_are_those_one_by_one)
{
    enum { LANES = VJP_ACCUMULATOR_LANES, MOST = 1300 };
    static const enum vjp_dtype dtypes[] = {VJP_F32, VJP_F16, VJP_BF16};
    static double a[MOST], b[MOST * LANES], column[MOST];
    struct tally t = {0};
    uint64_t state = 10;
    int known_count[2] = {0};
    for (int n = 0; n < 1500; n++) {
        const enum vjp_dtype dtype = dtypes[n % 3];
        const int p = vjp_format(dtype)->precision;
        const int reach = n % 4 == 0                       ? 3
                          : n % 4 == 1 || dtype == VJP_F16 ? 14
                          : n % 4 == 2                     ? 30
                                                           : 60;
        const int64_t terms = random_between(&state, 0, n % 10 ? 20 : MOST);
        const int spoilt = (int)random_between(&state, 0, 2 * LANES);
        struct vjp_solved sums[LANES] = {{0}};
        struct vjp_accumulator *accumulator;
        struct vjp_error error = {""};
        for (int64_t k = 0; k < terms; k++) {
            const bool mirrors = k % 2 == 1 && n % 5 < 3;
            a[k] = mirrors ? a[k - 1]
                           : random_number(&state, p, (int)random_between(&state, -reach, reach));
            for (int j = 0; j < LANES; j++) {
                double *x = &b[k * LANES + j];
                *x = mirrors && random_between(&state, 0, 9)
                         ? -x[-LANES]
                         : random_number(&state, p, (int)random_between(&state, -reach, reach));
                sums[j].scale += fabs(a[k] * *x) * (1 + 0x1p-40);
            }
        }
        if (spoilt < LANES && terms > 0) {
            b[terms / 2 * LANES + spoilt] = spoilt % 2 ? (double)NAN : -(double)INFINITY;
            sums[spoilt].scale = spoilt % 2 ? (double)NAN : (double)INFINITY;
        }
        cr_assert_eq(vjp_accumulator_create(dtype, n % 8 < 4, &accumulator, &error), VJP_OK);
        const unsigned known = vjp_element_sums(accumulator, dtype, a, b, terms, sums);
        cr_assert_lt(known, 1U << LANES);
        for (int j = 0; j < LANES; j++) {
            struct vjp_solved one = {0};
            if (j == spoilt && terms > 0) {
                check(&t, !(known >> j & 1), "%d: what is no number is known", n);
                continue;
            }
            known_count[known >> j & 1]++;
            for (int64_t k = 0; k < terms; k++)
                column[k] = b[k * LANES + j];
            vjp_element_sum(accumulator, dtype, a, column, terms, &one);
            const double off = sums[j].tail == one.tail ? 0 : fabs(sums[j].tail - one.tail);
            const bool same = sums[j].bits == one.bits && !sums[j].is_special &&
                              off <= 0x1p-52 * fabs(one.tail) + 0x1p-62 * sums[j].scale;
            check(&t, !(known >> j & 1) || same,
                  "%s, %d, %d of %" PRId64 " terms: %#" PRIx64 " and %#" PRIx64 ", %a and %a",
                  vjp_format(dtype)->name, n, j, terms, sums[j].bits, one.bits, sums[j].tail,
                  one.tail);
        }
        vjp_accumulator_destroy(accumulator);
    }
    cr_expect_gt(known_count[true], 8000);
    cr_expect_gt(known_count[false], 200);
    tally_assert(&t, 10000);
}

/* 2^24 + 1, halfway between two f32, and a little more or less than that, which no double has: one rounding goes there,
 * two would go to even. */
Test(element, two_doubles_are_rounded_once)
{
    const double a[] = {0x1p24, 1, 0x1p-30}, b[] = {1, 1, 0x1p-30};
    const double c[] = {0x1p24, 1, -0x1p-30};
    struct vjp_accumulator *accumulator;
    struct vjp_error error = {""};
    struct vjp_solved s;
    double two[2];
    cr_assert_eq(vjp_accumulator_create(VJP_F32, false, &accumulator, &error), VJP_OK);
    cr_assert(vjp_accumulator_two(accumulator, a, b, 3, two));
    cr_expect(two[0] == 0x1p24 + 1 && two[1] == 0x1p-60);
    vjp_element_sum(accumulator, VJP_F32, a, b, 3, &s);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24 + 2);
    cr_expect_eq(s.tail, -1 + 0x1p-60, "%a", s.tail);
    vjp_element_sum(accumulator, VJP_F32, c, b, 3, &s);
    cr_expect_eq(vjp_bits_to_double(VJP_F32, s.bits), 0x1p24);
    cr_expect_eq(s.tail, 1 - 0x1p-60, "%a", s.tail);
    vjp_accumulator_destroy(accumulator);
}
