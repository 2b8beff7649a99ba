/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/element.h"

#include "oracle/exact/magnitude.h"

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

/* With old, which is finite, too. */
static void add_all(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                    const double *b, int64_t terms, double old, struct vjp_solved *out)
{
    struct vjp_odd sum;
    vjp_accumulator_reset(accumulator);
    vjp_accumulator_add_products(accumulator, a, b, terms);
    vjp_accumulator_add(accumulator, old);
    vjp_accumulator_get(accumulator, &sum);
    out->bits = vjp_odd_round(&sum, dtype);
    out->tail = vjp_odd_tail(&sum, dtype, out->bits);
    out->is_special = false;
}

void vjp_element_sum(struct vjp_accumulator *accumulator, enum vjp_dtype dtype, const double *a,
                     const double *b, int64_t terms, struct vjp_solved *out)
{
    add_all(accumulator, dtype, a, b, terms, 0, out);
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
