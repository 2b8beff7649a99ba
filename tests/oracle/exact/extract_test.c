/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/extract.h"

#include "tests/oracle/exact/witness.h"

#include <string.h>

#define MAX VJP_EXTRACT_MAX

static const int lengths[] = {1, 2, 7, 8, 9, 64, 100, MAX - 1, MAX};
#define LENGTHS (int)(sizeof lengths / sizeof *lengths)

/* Room that a function which pads its arrays may not leave as it was. */
static void fill_nan(double *p)
{
    for (int k = 0; k < MAX; k++)
        p[k] = NAN;
}

static bool is_padded(const double *p, int n)
{
    for (int k = n; k % VJP_EXTRACT_STEP; k++) {
        if (p[k] != 0)
            return false;
    }
    return true;
}

/* The sum of |p[k]|, with the error that the sum of at most MAX numbers has in any order. */
static bool is_magnitude(double magnitude, const double *p, int n)
{
    long double sum = 0, largest = 0;
    for (int k = 0; k < n; k++) {
        sum += fabsl(p[k]);
        largest = fmaxl(largest, fabsl(p[k]));
    }
    return magnitude >= largest && fabsl(magnitude - sum) <= MAX * 0x1p-53L * sum;
}

Test(extract, products_of_short_numbers)
{
    struct tally t = {0};
    uint64_t state = 1;
    double a[MAX], b[MAX], p[MAX];
    for (int i = 0; i < 2 * LENGTHS; i++) {
        const int n = lengths[i / 2];
        fill_nan(p);
        for (int k = 0; k < n; k++) {
            a[k] = any_number(&state, VJP_F32);
            b[k] = any_number(&state, VJP_F32);
        }
        const double magnitude = vjp_extract_get(i % 2)->multiply(a, b, p, n);
        for (int k = 0; k < n; k++)
            check(&t, p[k] == a[k] * b[k], "%a * %a: %a", a[k], b[k], p[k]);
        check(&t, is_padded(p, n), "n = %d", n);
        check(&t, is_magnitude(magnitude, p, n), "n = %d: %a", n, magnitude);
    }
    tally_assert(&t, 2000);
}

Test(extract, products_of_doubles_in_two_parts)
{
    struct tally t = {0};
    uint64_t state = 2;
    double a[MAX], b[MAX], p[MAX], r[MAX], magnitude[2];
    mpfr_t exact;
    mpfr_init2(exact, 106);
    for (int i = 0; i < 2 * LENGTHS; i++) {
        const int n = lengths[i / 2];
        fill_nan(p);
        fill_nan(r);
        for (int k = 0; k < n; k++) {
            a[k] = random_number(&state, 53, (int)random_between(&state, -470, 490));
            b[k] = k % 5 ? random_number(&state, 53, (int)random_between(&state, -470, 490)) : 0;
        }
        cr_assert(vjp_extract_get(i % 2)->multiply_error(a, b, p, r, n, magnitude), "n = %d", n);
        for (int k = 0; k < n; k++) {
            mpfr_set_d(exact, a[k], MPFR_RNDN);
            mpfr_mul_d(exact, exact, b[k], MPFR_RNDN);
            const bool rounded = mpfr_get_d(exact, MPFR_RNDN) == p[k];
            mpfr_sub_d(exact, exact, p[k], MPFR_RNDN);
            check(&t, rounded && mpfr_cmp_d(exact, r[k]) == 0, "%a * %a: %a + %a", a[k], b[k], p[k],
                  r[k]);
        }
        check(&t, is_padded(p, n) && is_padded(r, n), "n = %d", n);
        check(&t, is_magnitude(magnitude[0], p, n), "n = %d: %a", n, magnitude[0]);
        check(&t, is_magnitude(magnitude[1], r, n), "n = %d: %a", n, magnitude[1]);
    }
    mpfr_clear(exact);
    tally_assert(&t, 2000);
}

/* One pair among harmless ones, in every place of a step and in the last one, which is not full. */
Test(extract, what_has_no_two_parts_is_refused)
{
    static const struct {
        double a, b;
        bool exact;
    } known[] = {
        {0x1p-1073, 1, false}, /* would be exact, but is told by its size */
        {0x1.fffffffffffffp-481, 0x1.fffffffffffffp-481, false},
        {0x1p-480, 0x1p-480, true},
        {0x1p-1074, 0x1p-1074, false}, /* the product is 0 */
        {-0x1p-600, 0x1p-600, false},
        {0x1p-1074, 0, true},
        {-0.0, 0x1p-1074, true},
        {0, 0, true},
        {0x1p500, 0x1p500, false},
        {0x1p499, 0x1p500, true},
        {0x1p1000, -0x1p1000, false},
        {INFINITY, 1, false},
        {NAN, 1, false},
        {INFINITY, 0, false},
    };
    struct tally t = {0};
    double a[MAX], b[MAX], p[MAX], r[MAX], magnitude[2];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        for (int at = 0; at < 19; at++) {
            for (int portable = 0; portable < 2; portable++) {
                for (int k = 0; k < 19; k++)
                    a[k] = b[k] = 1 + k;
                a[at] = known[i].a;
                b[at] = known[i].b;
                check(&t,
                      vjp_extract_get(portable)->multiply_error(a, b, p, r, 19, magnitude) ==
                          known[i].exact,
                      "%a %a at %d", known[i].a, known[i].b, at);
            }
        }
    }
    tally_assert(&t, 14 * 19 * 2);
}

/* Splits p until nothing is left, with the sum unchanged at every step. */
static void check_split(struct tally *t, const struct vjp_extract *extract, const double *numbers,
                        int n)
{
    double p[MAX] = {0};
    double magnitude = 0;
    struct sum before = {0};
    mpfr_t want, got;
    mpfr_inits2(WIDE, want, got, (mpfr_ptr)0);
    memcpy(p, numbers, (size_t)n * sizeof *p);
    for (int k = 0; k < n; k++) {
        sum_add(&before, p[k], 1);
        magnitude += fabs(p[k]);
    }
    sum_total(&before, want, MPFR_RNDN);
    sum_clear(&before);
    mpfr_set_zero(got, 1);
    for (int pass = 0; magnitude > 0; pass++) {
        double sum[2];
        const double last = magnitude;
        extract->split(p, n, &magnitude, sum);
        check(t, is_magnitude(magnitude, p, n), "magnitude %a", magnitude);
        check(t, magnitude <= n * 0x1p-94 * last, "%a of %a is left", magnitude, last);
        mpfr_add_d(got, got, sum[0], MPFR_RNDN);
        mpfr_add_d(got, got, sum[1], MPFR_RNDN);
        cr_assert_lt(pass, 40);
    }
    check(t, mpfr_equal_p(got, want), "n = %d, first %a", n, numbers[0]);
    mpfr_clears(want, got, (mpfr_ptr)0);
}

Test(extract, splitting_keeps_the_sum)
{
    struct tally t = {0};
    uint64_t state = 3;
    static const int spreads[] = {0, 1, 10, 100, 1000};
    double p[MAX];
    for (int i = 0; i < 10 * LENGTHS; i++) {
        const int n = lengths[i / 10];
        const int spread = spreads[i / 2 % 5];
        const int middle = spread == 1000 ? -20 : (int)random_between(&state, -880, 880);
        for (int k = 0; k < n; k++)
            p[k] = random_number(&state, 53, middle + (int)random_between(&state, -spread, spread));
        check_split(&t, vjp_extract_get(i % 2), p, n);
    }
    tally_assert(&t, 200);
}

/* As large as a full block's magnitude and the sum of what is taken off it can be: all of one sign, all
 * ones, or just above a power of two, so that the bounds are met with. */
Test(extract, splitting_full_blocks_of_extremes)
{
    struct tally t = {0};
    static const double numbers[] = {
        0x1.fffffffffffffp0,     -0x1.fffffffffffffp0,    1,
        0x1.0000000000001p0,     0x1.fffffffffffffp989,   0x1p-1074,
        0x0.fffffffffffffp-1022, 0x1.fffffffffffffp-1022, 0x1.5555555555555p0};
    double p[MAX];
    for (int i = 0; i < 36; i++) {
        for (int k = 0; k < MAX; k++) {
            p[k] = numbers[i / 4];
            if (i / 2 % 2 && k % 2)
                p[k] = ldexp(p[k], -53);
        }
        check_split(&t, vjp_extract_get(i % 2), p, MAX);
    }
    tally_assert(&t, 36 * 3);
}

/* Numbers of one sign whose sum is below a power of two, but not after rounding each to a multiple of
 * 2^-53 of it: a splitter that is no larger than that would round the sum of what it takes off. */
Test(extract, splitting_what_rounds_up_above_a_power_of_two)
{
    struct tally t = {0};
    const double unit = 0x1p-53 * MAX; /* of the sum, MAX; each number is 2^53 / MAX of them */
    double p[MAX];
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < MAX; k++)
            p[k] = (i / 2 ? -1 : 1) * (1 - 0.25 * unit);
        p[5] += (i / 2 ? -1 : 1) * unit;
        check_split(&t, vjp_extract_get(i % 2), p, MAX);
    }
    tally_assert(&t, 12);
}

Test(extract, both_ways_give_the_same_sums)
{
    struct tally t = {0};
    uint64_t state = 4;
    double p[MAX], q[MAX], of_p[2], of_q[2];
    for (int i = 0; i < 200; i++) {
        double magnitude = 0;
        for (int k = 0; k < MAX; k++) {
            p[k] = q[k] = random_number(&state, 53, (int)random_between(&state, -40, 0));
            magnitude += fabs(p[k]);
        }
        double again = magnitude;
        vjp_extract_get(true)->split(p, MAX, &magnitude, of_p);
        vjp_extract_get(false)->split(q, MAX, &again, of_q);
        check(&t, of_p[0] == of_q[0] && of_p[1] == of_q[1], "%a %a, %a %a", of_p[0], of_q[0],
              of_p[1], of_q[1]);
        check(&t, memcmp(p, q, sizeof p) == 0, "what is left differs");
    }
    tally_assert(&t, 400);
}

/* A lane's parts and what is left of its products make up its sum, and nothing is left where magnitude says so. Lanes of
 * every spread beside each other, one of zeros, one that is no number. */
Test(extract, splitting_columns_keeps_every_sum)
{
    enum { LANES = VJP_EXTRACT_LANES, ROOM = MAX * LANES };
    static const int spreads[LANES] = {0, 2, 20, 45, 60, 100, 0, 0};
    static double a[MAX], b[ROOM], room[ROOM];
    double magnitude[LANES], sum[VJP_EXTRACT_PARTS * LANES];
    struct tally t = {0};
    uint64_t state = 5;
    int64_t empty = 0, full = 0;
    mpfr_t want, got;
    mpfr_inits2(WIDE, want, got, (mpfr_ptr)0);
    for (int i = 0; i < 6 * LENGTHS; i++) {
        const int n = lengths[i / 6];
        memset(magnitude, 0, sizeof magnitude);
        for (int k = 0; k < n; k++) {
            a[k] = random_number(&state, 24, (int)random_between(&state, -3, 3));
            for (int j = 0; j < LANES; j++) {
                const int reach = spreads[j];
                b[k * LANES + j] =
                    j == 6 ? 0
                    : j == 7
                        ? (double)NAN
                        : random_number(&state, 24, (int)random_between(&state, -reach, reach));
                magnitude[j] += fabs(a[k] * b[k * LANES + j]) * (1 + (i % 3) * 0x1p-15);
            }
        }
        const double before[2] = {magnitude[0], magnitude[5]};
        const struct vjp_extract *extract = vjp_extract_get(i % 2);
        const int width = extract->width;
        extract->split_columns(a, b, n, room, magnitude, sum);
        for (int j = 0; j < LANES - 1; j++) {
            struct sum exact = {0};
            double left = 0;
            for (int k = 0; k < n; k++)
                sum_add(&exact, a[k], b[k * LANES + j]);
            sum_total(&exact, want, MPFR_RNDN);
            sum_clear(&exact);
            mpfr_set_zero(got, 1);
            for (int k = 0; k < n && magnitude[j] > 0; k++) {
                const double other = room[(j / width * n + k) * width + j % width];
                mpfr_add_d(got, got, other, MPFR_RNDN);
                left += fabs(other);
            }
            for (int q = 0; q < VJP_EXTRACT_PARTS; q++)
                mpfr_add_d(got, got, sum[q * LANES + j], MPFR_RNDN);
            check(&t, mpfr_equal_p(got, want), "lane %d of %d", j, n);
            check(&t, fabs(magnitude[j] - left) <= MAX * 0x1p-53 * left, "lane %d of %d", j, n);
            empty += magnitude[j] == 0;
            full += magnitude[j] > 0;
        }
        check(&t, magnitude[0] == 0 && before[0] > 0, "%a is left of %a", magnitude[0], before[0]);
        check(&t, magnitude[5] <= n * 0x1p-94 * n * 0x1p-94 * before[1], "%a is left of %a",
              magnitude[5], before[1]);
        check(&t, magnitude[6] == 0 && sum[6] == 0, "zeros");
        check(&t, isnan(magnitude[7]), "what is no number: %a", magnitude[7]);
    }
    mpfr_clears(want, got, (mpfr_ptr)0);
    cr_expect(empty > 200 && full > 20, "%d, %d", (int)empty, (int)full);
    tally_assert(&t, 700);
}
