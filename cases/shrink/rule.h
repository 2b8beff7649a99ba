/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_RULE_H
#define VJP_CASES_SHRINK_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/text.h"

/* A rule for when a case fails, found from observations: of a, the value of one field, or of a and b, those
 * of two. */

#define VJP_POINTS_MAX 256

struct vjp_point {
    int64_t a, b;
    bool failed;
};

struct vjp_points {
    int count, failed;
    struct vjp_point at[VJP_POINTS_MAX];
};

/* Adds an observation, unless it is there or there are too many. */
void vjp_points_add(struct vjp_points *points, int64_t a, int64_t b, bool failed);

/* From the simplest to the least simple. */
enum vjp_rule_kind {
    VJP_RULE_NONE = 0,
    VJP_RULE_ALWAYS,
    VJP_RULE_ABOVE,       /* a > c */
    VJP_RULE_BELOW,       /* a < c */
    VJP_RULE_ONLY,        /* a = c */
    VJP_RULE_BUT,         /* a != c */
    VJP_RULE_INDIVISIBLE, /* a % m != 0, m one of 2, 3, 4, 6, 8, 16, 32, 64 */
    VJP_RULE_DIVISIBLE,   /* a % m = 0 */
    VJP_RULE_REMAINDER,   /* a % m = c */
    VJP_RULE_TAIL,        /* a > c and a % m != 0 */
    VJP_RULE_WHOLE,       /* a > c and a % m = 0 */
    VJP_RULE_EQUAL,       /* a = b, and so on: of two fields */
    VJP_RULE_UNEQUAL,
    VJP_RULE_LESS,
    VJP_RULE_GREATER,
    VJP_RULE_AT_MOST,
    VJP_RULE_AT_LEAST,
    VJP_RULE_EQUAL_ABOVE, /* a = b and a > c */
};

struct vjp_rule {
    enum vjp_rule_kind kind;
    int64_t c, m;
    int64_t
        seen; /* of ABOVE and BELOW: the value next to c that was observed to fail; nothing between
                     them was observed */
};

/* The first rule of one field, of those above, that fits all observations of a; NONE where none does. All
 * but ALWAYS have observations on both sides: some that failed, as they say, and some that did not. */
struct vjp_rule vjp_rule_of_one(const struct vjp_points *points);

/* The same for the rules of two fields. */
struct vjp_rule vjp_rule_of_two(const struct vjp_points *points);

/* Whether the rule fits all observations. NONE fits none. */
bool vjp_rule_fits(struct vjp_rule rule, const struct vjp_points *points);

/* Adds the condition: "M % 8 != 0", "D != M". */
void vjp_rule_print(struct vjp_rule rule, const char *a, const char *b, struct vjp_text *out);

/* Adds the values of a that failed, or those that did not, in ascending order: "0-3, 5, 7"; at most ranges_max ranges, then
 * "...". */
void vjp_points_print(const struct vjp_points *points, bool failed, int ranges_max,
                      struct vjp_text *out);

#endif
