/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_ORACLE_TALLY_H
#define VJP_TESTS_ORACLE_TALLY_H

/* Random numbers for tests, and many checks in one assertion. */

#include "cases/base/model.h"
#include "cases/base/status.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* At a kink every side is right. */
#define ANY_SIDE ((struct vjp_kinks){.point = VJP_POINT_ANY, .tie = VJP_TIE_ANY})

/* SplitMix64 (Steele, Lea and Flood 2014): any stream of good bits will do. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Uniform in low .. high, both included; the bias of the remainder does not matter here. */
static inline int64_t random_between(uint64_t *state, int64_t low, int64_t high)
{
    return low + (int64_t)(next_random(state) % (uint64_t)(high - low + 1));
}

/* A number of p bits in [1, 2) times 2^exponent, with a random sign. */
static inline double random_number(uint64_t *state, int p, int exponent)
{
    const uint64_t bits = next_random(state);
    const double significand = (double)(bits >> (64 - p) | UINT64_C(1) << (p - 1));
    return ldexp(bits & 1 ? -significand : significand, exponent - p + 1);
}

/* What was checked and where it first failed: one assertion per loop, for each one costs a message
 * to the runner. */
struct tally {
    int64_t checked;
    int64_t failed;
    char first[400];
};

static inline void VJP_PRINTF(3, 4) check(struct tally *t, bool holds, const char *format, ...)
{
    t->checked++;
    if (holds || t->failed++ > 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(t->first, sizeof t->first, format, arguments);
    va_end(arguments);
}

/* Nothing failed, and as much was checked as was meant to be. */
static inline void tally_assert(const struct tally *t, int64_t at_least)
{
    cr_assert_geq(t->checked, at_least, "only %" PRId64 " checks", t->checked);
    cr_assert_eq(t->failed, 0, "%" PRId64 " of %" PRId64 " failed, first: %s", t->failed,
                 t->checked, t->first);
}

#endif
