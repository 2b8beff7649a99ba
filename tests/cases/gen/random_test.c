/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>

#define DRAWS 20000

static struct vjp_random new_random(uint32_t seed)
{
    struct vjp_random random;
    cr_assert_eq(vjp_random_init(&random, seed, NULL), VJP_OK);
    return random;
}

/* Python's random module is the same generator: MT19937 seeded by init_genrand(0xffffffff). */
Test(random, the_stream_is_the_mersenne_twister)
{
    struct vjp_random random = new_random(0xffffffff);
    cr_expect_eq(gsl_rng_get(&random.rng), 419326371);
    cr_expect_eq(gsl_rng_get(&random.rng), 479346978);
    cr_expect_eq(gsl_rng_get(&random.rng), 3918654476);
    vjp_random_clear(&random);
    random = new_random(0xffffffff);
    cr_expect_eq(vjp_random_bits(&random.rng), UINT64_C(419326371) << 32 | 479346978);
    vjp_random_clear(&random);
}

Test(random, below_reaches_every_value_and_no_other)
{
    struct vjp_random random = new_random(1);
    int seen[7] = {0};
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t value = vjp_random_below(&random.rng, 7);
        cr_assert_lt(value, 7);
        seen[value]++;
    }
    for (int v = 0; v < 7; v++) /* expectation 2857, standard deviation 49 */
        cr_expect(abs(seen[v] - DRAWS / 7) < 300, "%d: %d", v, seen[v]);
    cr_expect_eq(vjp_random_below(&random.rng, 1), 0);
    vjp_random_clear(&random);
}

Test(random, between_includes_both_ends)
{
    struct vjp_random random = new_random(2);
    bool low = false;
    bool high = false;
    for (int i = 0; i < DRAWS; i++) {
        const int64_t value = vjp_random_between(&random.rng, -3, 2);
        cr_assert(value >= -3 && value <= 2);
        low |= value == -3;
        high |= value == 2;
    }
    cr_expect(low && high);
    const int64_t far = INT64_C(1) << 53;
    for (int i = 0; i < 100; i++)
        cr_expect_leq(llabs(vjp_random_between(&random.rng, -far, far)), far);
    vjp_random_clear(&random);
}

Test(random, signs_and_chances_have_their_probabilities)
{
    struct vjp_random random = new_random(3);
    int sum = 0;
    int rare = 0;
    for (int i = 0; i < DRAWS; i++) {
        const int sign = vjp_random_sign(&random.rng);
        cr_assert(sign == 1 || sign == -1);
        sum += sign;
        rare += vjp_random_chance(&random.rng, 0.1);
        cr_assert_not(vjp_random_chance(&random.rng, 0));
        cr_assert(vjp_random_chance(&random.rng, 1));
    }
    cr_expect_lt(abs(sum), 1000);              /* standard deviation 141 */
    cr_expect_lt(abs(rare - DRAWS / 10), 300); /* standard deviation 42 */
    vjp_random_clear(&random);
}

/* The number of trailing zero bits of a significand of p bits. */
static int trailing_zeros(double value, int precision)
{
    int exponent;
    double m = ldexp(frexp(fabs(value), &exponent), precision);
    int zeros = 0;
    cr_assert_eq(m, floor(m), "more than %d bits: %a", precision, value);
    while (m != 0 && fmod(m, 2) == 0) {
        m /= 2;
        zeros++;
    }
    return zeros;
}

/* Half of all significands are odd, whatever the precision: every bit is drawn. */
Test(random, significands_are_full)
{
    static const int precisions[] = {8, 11, 24, 53};
    for (int k = 0; k < 4; k++) {
        struct vjp_random random = new_random(4);
        int odd = 0;
        int odd_uniform = 0;
        for (int i = 0; i < DRAWS; i++) {
            const double s = vjp_random_significand(&random.rng, precisions[k]);
            const double u = vjp_random_uniform(&random.rng, precisions[k]);
            cr_assert(s >= 1 && s < 2);
            cr_assert(u > -1 && u < 1);
            odd += trailing_zeros(s, precisions[k]) == 0;
            odd_uniform += trailing_zeros(u, precisions[k]) == 0;
        }
        cr_expect_lt(abs(odd - DRAWS / 2), 500, "p %d: %d", precisions[k], odd);
        cr_expect_lt(abs(odd_uniform - DRAWS / 2), 500, "p %d: %d", precisions[k], odd_uniform);
        vjp_random_clear(&random);
    }
}

Test(random, uniform_covers_its_interval_evenly)
{
    struct vjp_random random = new_random(5);
    int bin[10] = {0};
    for (int i = 0; i < DRAWS; i++)
        bin[(int)((vjp_random_uniform(&random.rng, 24) + 1) * 5)]++;
    for (int b = 0; b < 10; b++) /* standard deviation 42 */
        cr_expect(abs(bin[b] - DRAWS / 10) < 300, "%d: %d", b, bin[b]);
    vjp_random_clear(&random);
}

/* The four moments of the standard normal distribution: 0, 1, 0, 3. */
Test(random, normal_deviates_have_the_moments_of_the_distribution)
{
    struct vjp_random random = new_random(6);
    double m[5] = {0};
    int odd = 0;
    for (int i = 0; i < DRAWS; i++) {
        const double value = vjp_random_normal(&random.rng);
        double power = 1;
        cr_assert_lt(fabs(value), 16);
        for (int k = 0; k < 5; k++, power *= value)
            m[k] += power / DRAWS;
        odd += trailing_zeros(value, 53) == 0;
    }
    cr_expect_float_eq(m[1], 0, 0.05); /* seven standard deviations of 1/sqrt(20000) */
    cr_expect_float_eq(m[2], 1, 0.07);
    cr_expect_float_eq(m[3], 0, 0.2);
    cr_expect_float_eq(m[4], 3, 0.5);
    cr_expect_lt(abs(odd - DRAWS / 2), 500, "%d", odd);
    vjp_random_clear(&random);
}

/* 1000 draws of probability 1/5: 200, with a deviation of 12.6. */
Test(random, once_in_n_times_is_as_often_as_that)
{
    struct vjp_random random;
    struct vjp_error error;
    int count = 0;
    cr_assert_eq(vjp_random_init(&random, 3, &error), VJP_OK);
    for (int i = 0; i < 1000; i++) {
        count += vjp_random_one_in(&random.rng, 5);
        cr_expect(vjp_random_one_in(&random.rng, 1));
    }
    cr_expect(count > 150 && count < 250, "%d", count);
    vjp_random_clear(&random);
}
