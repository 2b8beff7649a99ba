/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_CASES_BASE_WITNESS_H
#define VJP_TESTS_CASES_BASE_WITNESS_H

#include "cases/base/dtype.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

/* The witness for the two 16-bit formats: from +0, where the pattern is 0, each next pattern is one
 * step further, and the step doubles with every binade but the first. No field is taken apart. */
struct walk {
    enum vjp_dtype dtype;
    uint64_t bits;   /* pattern */
    uint64_t binade; /* patterns per binade */
    double value;
    double step; /* to the next pattern's value */
};

static inline struct walk walk_start(enum vjp_dtype dtype)
{
    if (dtype == VJP_F16)
        return (struct walk){dtype, 0, 1024, 0.0, 0x1p-24};
    return (struct walk){dtype, 0, 128, 0.0, 0x1p-133};
}

static inline void walk_next(struct walk *at)
{
    at->value += at->step;
    at->bits++;
    if (at->bits % at->binade == 0 && at->bits > at->binade)
        at->step *= 2;
}

static inline bool walk_is_finite(const struct walk *at)
{
    return at->bits < (at->dtype == VJP_F16 ? 0x7c00 : 0x7f80);
}

static const enum vjp_dtype half_dtypes[] = {VJP_F16, VJP_BF16};
static const uint64_t half_sign = 0x8000;

/* What was checked and where it first failed: one assertion per loop, for each one costs a message
 * to the runner. */
struct tally {
    int64_t checked;
    int64_t failed;
    char first[256];
};

static inline void tally_bits(struct tally *t, enum vjp_dtype dtype, const char *what, uint64_t got,
                              uint64_t want)
{
    t->checked++;
    if (got == want)
        return;
    if (t->failed++ == 0)
        snprintf(t->first, sizeof t->first, "%s %.150s: got %#" PRIx64 ", want %#" PRIx64,
                 vjp_format(dtype)->name, what, got, want);
}

static inline void tally_assert(const struct tally *t, int64_t at_least)
{
    cr_assert_geq(t->checked, at_least);
    cr_assert_eq(t->failed, 0, "%" PRId64 " of %" PRId64 " failed, first: %s", t->failed,
                 t->checked, t->first);
}

#endif
