/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/generators.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The condition number is bounded by what double-double arithmetic, with its 106 bits, can still
 * measure (cases/gen/cancel.c). */
#define CONDITION_MAX 1e30

static const struct vjp_generator_info infos[VJP_GEN_NAMED] = {
    [VJP_GEN_UNIFORM] = {"uniform", "bound a", 1, 0, DBL_MAX, 0, "uniform in [-a, a)"},
    [VJP_GEN_NORMAL] = {"normal", "standard deviation", 1, 0, DBL_MAX, 0, "normal around 0"},
    [VJP_GEN_EXACT] = {"exact", NULL, 0, 0, 0, 0,
                       "nonzero integers, so small that every partial sum of a gradient is "
                       "representable; dy and old gradients times one power of two"},
    [VJP_GEN_INTEGERS] = {"integers", "largest magnitude m", 8, 0, 0x1p53, 1,
                          "integers, uniform in -m..m"},
    [VJP_GEN_POW2] = {"pow2", "largest exponent e", 4, 0, 1022, 1, "+-2^j, j uniform in -e..e"},
    [VJP_GEN_ONEHOT] = {"onehot", "index, row-major", -1, 0, 0x1p53, 1,
                        "one element is 1, the others are 0; without an index a random one"},
    [VJP_GEN_CANCEL] =
        {"cancel", "condition number", 1e8, 1, CONDITION_MAX, 0,
         "sums that cancel: the condition number of one gradient element per line; in a "
         "pipeline, of an output element of the first stage"},
    [VJP_GEN_WIDE] = {"wide", "largest exponent e", -1, 0, 1022, 1,
                      "exponents uniform in -e..e; without e, products and sums stay finite"},
    [VJP_GEN_SUBNORMAL] = {"subnormal", NULL, 0, 0, 0, 0, "subnormal numbers, none of them 0"},
    [VJP_GEN_ZEROS] = {"zeros", "probability of a zero", 0.5, 0, 1, 0,
                       "zeros of both signs among normal numbers"},
    [VJP_GEN_SPECIAL] = {"special", "probability of NaN or Inf", 0.1, 0, 1, 0,
                         "NaN, +Inf and -Inf, at least one, among normal numbers"},
    [VJP_GEN_CONST] = {"const", "value", 1, -INFINITY, INFINITY, 0, "every element the same"},
    [VJP_GEN_LARGE] = {"large", "standard deviation", 100, 0, DBL_MAX, 0,
                       "normal, so large that the exponential of an element overflows"},
    [VJP_GEN_SHIFTED] =
        {"shifted", "ratio r", 1000, 0, DBL_MAX, 0,
         "normal with deviation 1 around a mean of r or -r, the same for all elements"},
    [VJP_GEN_TIES] = {"ties", "number of values k", 3, 1, 0x1p53, 1,
                      "integers from the k nearest to 0, so that zeros and equal ones are common"},
    [VJP_GEN_POSITIVE] = {"positive", "median", 1, DBL_MIN, DBL_MAX, 0,
                          "greater than 0, with a normal logarithm"},
    [VJP_GEN_SIMPLEX] = {"simplex", NULL, 0, 0, 0, 0,
                         "rows, along the last axis, of positive numbers with sum about 1"},
    [VJP_GEN_LABELS] = {"labels", NULL, 0, 0, 0, 0,
                        "rows, along the last axis, with one 1 and zeros"},
    [VJP_GEN_INDEX] = {"index", NULL, 0, 0, 0, 0, "uniform among the indices that are allowed"},
    [VJP_GEN_REPEATS] = {"repeats", NULL, 0, 0, 0, 0,
                         "indices from few, so that most come more than once"},
    [VJP_GEN_IGNORED] = {"ignored", "probability", 0.25, 0, 1, 0,
                         "ignore_index, at least once, among indices"},
    [VJP_GEN_MASK] = {"mask", "probability of a 1", 0.5, 0, 1, 0, "ones among zeros"},
};

const struct vjp_generator_info *vjp_generator_info(enum vjp_generator generator)
{
    return &infos[generator];
}

int vjp_generator_find(const char *name, int length)
{
    for (int g = 0; g < VJP_GEN_NAMED; g++) {
        if (strlen(infos[g].name) == (size_t)length &&
            memcmp(infos[g].name, name, (size_t)length) == 0)
            return g;
    }
    return -1;
}
