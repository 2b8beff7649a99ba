/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/element.h"

#include "oracle/exact/magnitude.h"
#include "oracle/exact/two_sum.h"

#include <math.h>

static bool all_finite(const double *x, int64_t n)
{
    bool finite = true;
    for (int64_t k = 0; k < n; k++)
        finite &= isfinite(x[k]) != 0;
    return finite;
}

static void solve_special(enum vjp_dtype dtype, double sum, struct vjp_solved *out)
{
    out->bits = isnan(sum) ? vjp_bits_quiet_nan(dtype) : vjp_bits_infinity(dtype, sum < 0);
    out->tail = 0;
    out->is_special = true;
}

/* What was accumulated. */
static void round_sum(const struct vjp_accumulator *accumulator, enum vjp_dtype dtype,
                      struct vjp_solved *out)
{
    struct vjp_odd sum;
    vjp_accumulator_get(accumulator, &sum);
    out->bits = vjp_odd_round(&sum, dtype);
    out->tail = vjp_odd_tail(&sum, dtype, out->bits);
    out->is_special = false;
}

/* With old, which is finite, too. */
static void add_all(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                    const double *b, int64_t terms, double old, struct vjp_solved *out)
{
    vjp_accumulator_reset(accumulator);
    vjp_accumulator_add_products(accumulator, a, b, terms);
    vjp_accumulator_add(accumulator, old);
    round_sum(accumulator, dtype, out);
}

/* two[0] + two[1], two[0] the nearest double, rounded to odd: as it is if it is odd, else, where something is missing,
 * the neighbour on that side. One more rounding, to 24 bits or fewer, gives what a single one would (odd.h). */
static double odd_of(const double two[2])
{
    const uint64_t bits = vjp_double_bits(two[0]);
    if (two[1] == 0 || bits % 2 == 1)
        return two[0];
    return vjp_bits_double((two[1] > 0) == (two[0] > 0) ? bits + 1 : bits - 1);
}

/* The first difference is exact: both are multiples of two[0]'s last place, and it is no larger than two[0]. */
static void round_two(const double two[2], enum vjp_dtype dtype, struct vjp_solved *out)
{
    out->bits = vjp_bits_from_double(dtype, odd_of(two));
    const double value = vjp_bits_to_double(dtype, out->bits);
    out->tail = isfinite(value) ? (two[0] - value) + two[1] : -value;
    out->is_special = false;
}

void vjp_element_sum(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                     const double *b, int64_t terms, struct vjp_solved *out)
{
    double two[2];
    if (vjp_accumulator_two(accumulator, a, b, terms, two))
        round_two(two, dtype, out);
    else
        add_all(accumulator, dtype, a, b, terms, 0, out);
}

/* The sum of so many doubles. */
static void add_parts(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *part,
                      int n, struct vjp_solved *out)
{
    double two[2];
    if (n <= 2) {
        two[0] = vjp_two_sum(n > 0 ? part[0] : 0, n > 1 ? part[1] : 0, &two[1]);
        round_two(two, dtype, out);
        return;
    }
    vjp_accumulator_reset(accumulator);
    for (int i = 0; i < n; i++)
        vjp_accumulator_add(accumulator, part[i]);
    round_sum(accumulator, dtype, out);
}

unsigned vjp_element_sums(struct vjp_accumulator *accumulator, enum vjp_dtype dtype,
                          const double *a, const double *b, int64_t terms,
                          struct vjp_solved out[VJP_ACCUMULATOR_LANES])
{
    struct vjp_parts parts;
    double magnitude[VJP_ACCUMULATOR_LANES];
    for (int lane = 0; lane < VJP_ACCUMULATOR_LANES; lane++)
        magnitude[lane] = out[lane].scale;
    const unsigned known = vjp_accumulator_split(accumulator, a, b, terms, magnitude, &parts);
    for (int lane = 0; lane < VJP_ACCUMULATOR_LANES; lane++) {
        if (known >> lane & 1)
            add_parts(accumulator, dtype, parts.part[lane], parts.n_parts[lane], &out[lane]);
    }
    return known;
}

void vjp_element_solve(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                       const double *b, int64_t terms, double old, struct vjp_solved *out)
{
    *out = (struct vjp_solved){.scale = vjp_magnitude_of(a, b, terms, old)};
    if (all_finite(a, terms) && all_finite(b, terms) && isfinite(old))
        add_all(accumulator, dtype, a, b, terms, old, out);
    else
        solve_special(dtype, vjp_magnitude_special(a, b, terms, old), out);
}
