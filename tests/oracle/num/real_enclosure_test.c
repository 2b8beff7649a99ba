/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Enclosures hold the exact result, and are no wider than they must be. */
#include "oracle/num/real.h"

#include "tests/oracle/num/operands.h"

/* For two points the enclosure is the tightest there is: both neighbours of the exact result, or the
 * result itself. The witness computes it with 200 bits, exactly. */
Test(real_enclosure, points_are_enclosed_by_neighbours)
{
    struct tally t = {0};
    uint64_t state = 1;
    struct vjp_real a, b, out;
    mpfr_t x, y, exact, end;
    vjp_real_init(&a, 53);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, FEW);
    mpfr_inits2(300, x, y, exact, (mpfr_ptr)0);
    mpfr_init2(end, FEW);
    for (int i = 0; i < 40000; i++) {
        /* Few bits now and then, so that some results are exact. */
        const int p = i % 3 == 0 ? 8 : 53;
        const double u = random_number(&state, p, (int)random_between(&state, -30, 30));
        const double v = random_number(&state, p, (int)random_between(&state, -30, 30));
        set_double(&a, u);
        set_double(&b, v);
        mpfr_set_d(x, u, MPFR_RNDN);
        mpfr_set_d(y, v, MPFR_RNDN);
        if (i % 2) {
            vjp_real_add(&out, &a, &b);
            check(&t, mpfr_add(exact, x, y, MPFR_RNDN) == 0, "the witness is inexact");
        } else {
            vjp_real_mul(&out, &a, &b);
            check(&t, mpfr_mul(exact, x, y, MPFR_RNDN) == 0, "the witness is inexact");
        }
        const bool exactly = mpfr_set(end, exact, MPFR_RNDD) == 0;
        check(&t, mpfr_equal_p(end, vjp_real_low(&out)) != 0, "low end of %a %c %a", u,
              i % 2 ? '+' : '*', v);
        mpfr_set(end, exact, MPFR_RNDU);
        check(&t, mpfr_equal_p(end, vjp_real_high(&out)) != 0, "high end of %a %c %a", u,
              i % 2 ? '+' : '*', v);
        check(&t, out.point == exactly && out.kind == VJP_REAL_FINITE, "point or not: %a %c %a", u,
              i % 2 ? '+' : '*', v);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    mpfr_clears(x, y, exact, end, (mpfr_ptr)0);
    tally_assert(&t, 160000);
}

/* The exact ends of a sum or a product of [a0, a1] and [b0, b1]. */
static void exact_ends(bool sum, const double a[2], const double b[2], mpfr_t low, mpfr_t high)
{
    mpfr_t x, y;
    mpfr_inits2(300, x, y, (mpfr_ptr)0);
    for (int i = 0; i < 4; i++) {
        mpfr_set_d(x, a[i / 2], MPFR_RNDN);
        mpfr_set_d(y, b[i % 2], MPFR_RNDN);
        (sum ? mpfr_add : mpfr_mul)(x, x, y, MPFR_RNDN);
        if (i == 0 || mpfr_less_p(x, low))
            mpfr_set(low, x, MPFR_RNDN);
        if (i == 0 || mpfr_greater_p(x, high))
            mpfr_set(high, x, MPFR_RNDN);
    }
    mpfr_clears(x, y, (mpfr_ptr)0);
}

static void random_ends(uint64_t *state, double ends[2])
{
    ends[0] = random_number(state, FEW, (int)random_between(state, -5, 5));
    ends[1] = random_number(state, FEW, (int)random_between(state, -5, 5));
    if (next_random(state) % 8 == 0)
        ends[0] = 0;
    if (ends[0] > ends[1]) {
        const double swap = ends[0];
        ends[0] = ends[1];
        ends[1] = swap;
    }
}

/* Every combination of signs, zero inside and at an end among them; one operand may be a point. */
Test(real_enclosure, intervals_are_enclosed_and_no_wider_than_rounding_makes_them)
{
    struct tally t = {0};
    uint64_t state = 2;
    struct vjp_real a, b, out;
    mpfr_t low, high, end;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&out, FEW);
    mpfr_inits2(300, low, high, (mpfr_ptr)0);
    mpfr_init2(end, FEW);
    for (int i = 0; i < 20000; i++) {
        double u[2], v[2];
        random_ends(&state, u);
        random_ends(&state, v);
        set_interval(&a, u[0], u[1]);
        if (i % 5 == 0) {
            v[1] = v[0];
            mpfr_set_d(&b.ends->left, v[0], MPFR_RNDN);
            b.kind = VJP_REAL_FINITE;
            b.point = true;
        } else {
            set_interval(&b, v[0], v[1]);
        }
        const bool sum = i % 2;
        exact_ends(sum, u, v, low, high);
        (sum ? vjp_real_add : vjp_real_mul)(&out, &a, &b);
        mpfr_set(end, low, MPFR_RNDD);
        check(&t, mpfr_equal_p(end, vjp_real_low(&out)) != 0, "low: [%a, %a] %c [%a, %a]", u[0],
              u[1], sum ? '+' : '*', v[0], v[1]);
        mpfr_set(end, high, MPFR_RNDU);
        check(&t, mpfr_equal_p(end, vjp_real_high(&out)) != 0, "high: [%a, %a] %c [%a, %a]", u[0],
              u[1], sum ? '+' : '*', v[0], v[1]);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    mpfr_clears(low, high, end, (mpfr_ptr)0);
    tally_assert(&t, 40000);
}

/* A polynomial in random numbers, evaluated with 20 bits and with 4000: n operations widen the
 * enclosure by at most n rounding errors of 2^-19 of the sum of magnitudes, with room for their
 * growth. */
Test(real_enclosure, long_computations_stay_enclosed)
{
    struct tally t = {0};
    uint64_t state = 3;
    struct vjp_real sum, term;
    mpfr_t exact, product, magnitude, width;
    vjp_real_init(&sum, FEW);
    vjp_real_init(&term, FEW);
    mpfr_inits2(4000, exact, product, magnitude, width, (mpfr_ptr)0);
    for (int i = 0; i < 300; i++) {
        vjp_real_set_si(&sum, 0);
        mpfr_set_zero(exact, 1);
        mpfr_set_zero(magnitude, 1);
        for (int j = 0; j < 30; j++) {
            vjp_real_set_si(&term, 1);
            mpfr_set_ui(product, 1, MPFR_RNDN);
            for (int factor = 0; factor < 4; factor++) {
                struct vjp_real f;
                vjp_real_init(&f, 53);
                const double value = random_number(&state, 53, (int)random_between(&state, -2, 2));
                set_double(&f, value);
                vjp_real_mul(&term, &term, &f);
                mpfr_mul_d(product, product, value, MPFR_RNDN);
                vjp_real_clear(&f);
            }
            vjp_real_add(&sum, &sum, &term);
            mpfr_add(exact, exact, product, MPFR_RNDN);
            mpfr_abs(product, product, MPFR_RNDN);
            mpfr_add(magnitude, magnitude, product, MPFR_RNDN);
        }
        check(&t, mpfr_lessequal_p(vjp_real_low(&sum), exact) != 0, "run %d: low end", i);
        check(&t, mpfr_lessequal_p(exact, vjp_real_high(&sum)) != 0, "run %d: high end", i);
        mpfr_sub(width, vjp_real_high(&sum), vjp_real_low(&sum), MPFR_RNDU);
        mpfr_div(width, width, magnitude, MPFR_RNDU);
        check(&t, mpfr_cmp_d(width, 40 * 0x1p-19) < 0, "run %d: absurdly wide", i);
        check(&t, !sum.point, "run %d: a point", i);
    }
    vjp_real_clear(&sum);
    vjp_real_clear(&term);
    mpfr_clears(exact, product, magnitude, width, (mpfr_ptr)0);
    tally_assert(&t, 1200);
}
