/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/random.h"

#include <gsl/gsl_version.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum vjp_status vjp_random_init(struct vjp_random *out, uint32_t seed, struct vjp_error *error)
{
    void *state = malloc(gsl_rng_mt19937->size);
    if (!state)
        return vjp_fail(error, VJP_ERR_MEMORY, "no memory for a random stream");
    out->rng = (gsl_rng){.type = gsl_rng_mt19937, .state = state};
    gsl_rng_set(&out->rng, seed);
    return VJP_OK;
}

void vjp_random_clear(struct vjp_random *random)
{
    free(random->rng.state);
    *random = (struct vjp_random){0};
}

uint64_t vjp_random_bits(gsl_rng *rng)
{
    const uint64_t high = gsl_rng_get(rng);
    return high << 32 | gsl_rng_get(rng);
}

uint64_t vjp_random_below(gsl_rng *rng, uint64_t n)
{
    const uint64_t excess = -n % n; /* 2^64 mod n: the draws that would favour small results */
    uint64_t bits;
    do {
        bits = vjp_random_bits(rng);
    } while (bits < excess);
    return bits % n;
}

int64_t vjp_random_between(gsl_rng *rng, int64_t low, int64_t high)
{
    return low + (int64_t)vjp_random_below(rng, (uint64_t)(high - low) + 1);
}

bool vjp_random_one_in(gsl_rng *rng, uint64_t n)
{
    return vjp_random_below(rng, n) == 0;
}

int vjp_random_sign(gsl_rng *rng)
{
    return gsl_rng_get(rng) >> 31 ? -1 : 1;
}

int vjp_random_chance(gsl_rng *rng, double probability)
{
    return gsl_rng_uniform(rng) < probability;
}

double vjp_random_significand(gsl_rng *rng, int precision)
{
    const uint64_t fraction = vjp_random_bits(rng) >> (64 - (precision - 1));
    return 1 + ldexp((double)fraction, -(precision - 1));
}

double vjp_random_uniform(gsl_rng *rng, int precision)
{
    const uint64_t bits = vjp_random_bits(rng);
    uint64_t magnitude = bits & INT64_MAX;
    uint64_t kept = magnitude;
    int drop = 0;
    while (kept >> precision) {
        kept >>= 1;
        drop++;
    }
    magnitude = kept << drop;
    const double value = ldexp((double)magnitude, -63); /* at most 53 bits: exact */
    return bits >> 63 ? -value : value;
}

/* The ratio method (Kinderman and Monahan 1977, with the bounds of Leva 1992): the value is a
 * quotient of two uniform deviates, rounded as IEEE 754 has it, and has a full significand. The
 * ziggurat takes values in the tail from the logarithm of the C library, whose last bit differs
 * between machines. Here the logarithm only decides whether to accept a draw, in one of 80, and its
 * last bit could matter in one of about 2^50.
 *
 * |v| <= 0.8578 and v^2 <= -4 u^2 log u with u >= 2^-32 give a magnitude below sqrt(4 * 32 log 2),
 * which is 9.42. */
double vjp_random_normal(gsl_rng *rng)
{
    return gsl_ran_gaussian_ratio_method(rng, 1);
}

const char *vjp_random_library(void)
{
    return "GSL " GSL_VERSION;
}
