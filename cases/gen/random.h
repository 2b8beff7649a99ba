/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_GEN_RANDOM_H
#define VJP_CASES_GEN_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"

/* Draws from a GSL stream. Every one is integer arithmetic, or floating-point arithmetic that IEEE
 * 754 rounds in one way, so that a case has the same values on every machine. One draw per
 * expression: C does not say in which order two would be made. */

/* A Mersenne Twister (MT19937) with the given seed; random.rng is what the functions below take. */
struct vjp_random {
    gsl_rng rng;
};

/* Allocates without gsl_rng_alloc, which ends the process when memory ends. */
VJP_MUST_CHECK enum vjp_status vjp_random_init(struct vjp_random *out, uint32_t seed,
                                               struct vjp_error *error);
void vjp_random_clear(struct vjp_random *random);

/* 64 random bits: gsl_rng_get gives 32, too few for the significand of a double. */
uint64_t vjp_random_bits(gsl_rng *rng);

/* Uniform in 0 .. n - 1, for n >= 1. */
uint64_t vjp_random_below(gsl_rng *rng, uint64_t n);

/* Uniform in low .. high, both included; high - low < 2^63. */
int64_t vjp_random_between(gsl_rng *rng, int64_t low, int64_t high);

/* True once in n times. */
bool vjp_random_one_in(gsl_rng *rng, uint64_t n);

/* +1 or -1. */
int vjp_random_sign(gsl_rng *rng);

/* True with the given probability. */
int vjp_random_chance(gsl_rng *rng, double probability);

/* Uniform in [1, 2) with precision <= 53 significant bits. */
double vjp_random_significand(gsl_rng *rng, int precision);

/* Uniform in (-1, 1), truncated to precision <= 53 significant bits, all of them random. */
double vjp_random_uniform(gsl_rng *rng, int precision);

/* Normal with mean 0 and standard deviation 1. The magnitude is below 16. */
double vjp_random_normal(gsl_rng *rng);

/* The library that random numbers come from, and its version. Static. */
const char *vjp_random_library(void);

#endif
