/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Enclosures hold the exact result, and are no wider than they must be. */
#include "oracle/num/real.h"

#include "tests/oracle/num/ball.h"
#include "tests/oracle/num/operands.h"

/* For two points the enclosure is the tightest there is: both neighbours of the exact result, or the
 * result itself. The witness computes it with 200 bits, exactly. */
Test(arithmetic_enclosure, points_are_enclosed_by_neighbours)
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

/* Every combination of signs, zero inside and at an end among them; one operand may be a point. */
Test(arithmetic_enclosure, intervals_are_enclosed_and_no_wider_than_rounding_makes_them)
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
Test(arithmetic_enclosure, long_computations_stay_enclosed)
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

/* A point, an interval that ends at zero, one between two random numbers, or a narrow one; of small
 * or of very different exponents. */
static void set_random(struct vjp_real *r, uint64_t *state)
{
    static const int spread[] = {0, 2, 30, 900};
    const int range = spread[next_random(state) % 4];
    mpfr_ptr low = &r->ends->left, high = &r->ends->right;
    mpfr_set_d(low, random_number(state, 53, (int)random_between(state, -range, range)), MPFR_RNDN);
    mpfr_mul_d(low, low, random_number(state, 53, 0), MPFR_RNDN); /* more bits than a double */
    const int sort = (int)(next_random(state) % 5);
    r->kind = VJP_REAL_FINITE;
    r->set = false;
    r->point = sort == 0;
    if (sort == 1)
        mpfr_set_zero(high, 1);
    else if (sort == 2)
        mpfr_set_d(high, random_number(state, 53, (int)random_between(state, -range, range)),
                   MPFR_RNDN);
    else
        mpfr_set(high, low, MPFR_RNDN);
    for (int64_t i = random_between(state, 1, 3); sort > 2 && i > 0; i--)
        mpfr_nextabove(high);
    if (!r->point && mpfr_greater_p(low, high))
        mpfr_swap(low, high);
}

static void set_mpfi(mpfi_ptr out, const struct vjp_real *r)
{
    mpfr_set(&out->left, vjp_real_low(r), MPFR_RNDN);
    mpfr_set(&out->right, vjp_real_high(r), MPFR_RNDN);
}

/* MPFI, whose own rounding is outward too, has the same ends, from one limb to many. */
Test(arithmetic_enclosure, mpfi_has_the_same_ends)
{
    static const struct {
        void (*own)(struct vjp_real *, const struct vjp_real *, const struct vjp_real *);
        int (*mpfi)(mpfi_ptr, mpfi_srcptr, mpfi_srcptr);
    } operation[] = {{vjp_real_add, mpfi_add},
                     {vjp_real_sub, mpfi_sub},
                     {vjp_real_mul, mpfi_mul},
                     {vjp_real_div, mpfi_div}};
    static const mpfr_prec_t precision[] = {FEW, 53, 64, 65, 256, 300};
    struct tally t = {0};
    uint64_t state = 4;
    for (int p = 0; p < 6; p++) {
        struct vjp_real a, b, out;
        mpfi_t u, v, want;
        vjp_real_init(&a, precision[p]);
        vjp_real_init(&b, precision[p]);
        vjp_real_init(&out, precision[p]);
        mpfi_init2(u, precision[p]);
        mpfi_init2(v, precision[p]);
        mpfi_init2(want, precision[p]);
        for (int i = 0; i < 8000; i++) {
            set_random(&a, &state);
            set_random(&b, &state);
            set_mpfi(u, &a);
            set_mpfi(v, &b);
            if (i % 4 == 3 && mpfi_has_zero(v))
                continue;
            operation[i % 4].own(&out, &a, &b);
            operation[i % 4].mpfi(want, u, v);
            const bool same = out.kind == VJP_REAL_FINITE &&
                              mpfr_equal_p(&want->left, vjp_real_low(&out)) &&
                              mpfr_equal_p(&want->right, vjp_real_high(&out)) &&
                              out.point == (mpfr_equal_p(&want->left, &want->right) != 0);
            check(&t, same, "operation %d of run %d at %ld bits", i % 4, i, (long)precision[p]);
        }
        vjp_real_clear(&a);
        vjp_real_clear(&b);
        vjp_real_clear(&out);
        mpfi_clear(u);
        mpfi_clear(v);
        mpfi_clear(want);
    }
    tally_assert(&t, 40000);
}

/* Sums, differences, products and quotients of numbers picked from two enclosures lie in the result:
 * FLINT's balls hold them, and share no code with MPFR's arithmetic. */
Test(arithmetic_enclosure, flint_finds_every_result_inside)
{
    static void (*const own[])(struct vjp_real *, const struct vjp_real *,
                               const struct vjp_real *) = {vjp_real_add, vjp_real_sub, vjp_real_mul,
                                                           vjp_real_div, vjp_real_max};
    static void (*const flint[])(arb_t, const arb_t, const arb_t,
                                 slong) = {arb_add, arb_sub, arb_mul, arb_div, arb_max};
    struct tally t = {0};
    uint64_t state = 5;
    struct vjp_real a, b, out;
    arb_t x, y, exact;
    arb_init(x);
    arb_init(y);
    arb_init(exact);
    vjp_real_init(&a, 256);
    vjp_real_init(&b, 256);
    vjp_real_init(&out, 256);
    for (int i = 0; i < 20000; i++) {
        set_random(&a, &state);
        set_random(&b, &state);
        own[i % 5](&out, &a, &b);
        if (out.kind == VJP_REAL_UNKNOWN) {
            check(&t, i % 5 == 3 && mpfr_sgn(vjp_real_low(&b)) * mpfr_sgn(vjp_real_high(&b)) <= 0,
                  "UNKNOWN, and no quotient by what holds zero");
            continue;
        }
        for (int end = 0; end < 4; end++) {
            ball_set(x, end / 2 ? vjp_real_high(&a) : vjp_real_low(&a));
            ball_set(y, end % 2 ? vjp_real_high(&b) : vjp_real_low(&b));
            flint[i % 5](exact, x, y, 3000);
            check(&t, ball_meets(exact, vjp_real_low(&out), vjp_real_high(&out)),
                  "operation %d of run %d, ends %d", i % 5, i, end);
        }
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    arb_clear(x);
    arb_clear(y);
    arb_clear(exact);
    tally_assert(&t, 60000);
}

/* The negative, the magnitude and the maximum need no rounding where the bits suffice. */
Test(arithmetic_enclosure, negatives_magnitudes_and_maxima)
{
    struct tally t = {0};
    uint64_t state = 7;
    struct vjp_real a, b, out;
    vjp_real_init(&a, FEW);
    vjp_real_init(&b, FEW);
    vjp_real_init(&out, FEW);
    for (int i = 0; i < 20000; i++) {
        double u[2], v[2];
        random_ends(&state, u);
        random_ends(&state, v);
        set_interval(&a, u[0], u[1]);
        set_interval(&b, v[0], v[1]);
        vjp_real_neg(&out, &a);
        check(&t, u[0] == u[1] || is_interval(&out, -u[1], -u[0], false), "-[%a, %a]", u[0], u[1]);
        vjp_real_abs(&out, &a);
        const double least = u[0] <= 0 && u[1] >= 0 ? 0 : fmin(fabs(u[0]), fabs(u[1]));
        const double most = fmax(fabs(u[0]), fabs(u[1]));
        check(&t, least == most || is_interval(&out, least, most, false), "|[%a, %a]|", u[0], u[1]);
        vjp_real_max(&out, &a, &b);
        const double low = fmax(u[0], v[0]), high = fmax(u[1], v[1]);
        check(&t, low == high ? is_double(&out, low) : is_interval(&out, low, high, false),
              "max of [%a, %a] and [%a, %a]", u[0], u[1], v[0], v[1]);
    }
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
    tally_assert(&t, 60000);
}

/* Into fewer bits, ends are rounded outward. */
Test(arithmetic_enclosure, negatives_and_magnitudes_in_fewer_bits)
{
    static const double value = 0x1.0000000000001p0, above = 1 + 0x1p-19;
    struct vjp_real a, b, out;
    vjp_real_init(&a, 53);
    vjp_real_init(&b, 53);
    vjp_real_init(&out, FEW);
    set_double(&a, value);
    vjp_real_neg(&out, &a);
    cr_expect(is_interval(&out, -above, -1, false));
    set_double(&a, -value);
    vjp_real_abs(&out, &a);
    cr_expect(is_interval(&out, 1, above, false));
    vjp_real_max(&out, &a, &a);
    cr_expect(is_interval(&out, -above, -1, false));
    set_interval(&a, -value, value);
    vjp_real_neg(&out, &a);
    cr_expect(is_interval(&out, -above, above, false));
    vjp_real_abs(&out, &a);
    cr_expect(is_interval(&out, 0, above, false));
    set_interval(&b, -2, 0x1.8p0);
    vjp_real_max(&out, &a, &b);
    cr_expect(is_interval(&out, -above, 1.5, false));
    vjp_real_clear(&a);
    vjp_real_clear(&b);
    vjp_real_clear(&out);
}
