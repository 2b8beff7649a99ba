/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_REMARK_H
#define VJP_CASES_SHRINK_REMARK_H

#include "cases/shrink/rule.h"

/* Sentences about when a case fails. */

#define VJP_REMARKS_MAX 96
#define VJP_REMARK_SIZE 320

/* What a sentence tells, from most to least. */
enum vjp_remark_rank {
    VJP_REMARK_RULE = 0,  /* fails iff M % 8 != 0 */
    VJP_REMARK_THRESHOLD, /* fails iff N > 1; fails with M = 5, going by a single observation */
    VJP_REMARK_CHOICE,    /* only with accumulate=1; not with dtype=f64 */
    VJP_REMARK_VALUES, /* fails with M = 3, 7-9, not with ...: no rule; here only with accumulate=1 */
    VJP_REMARK_ALWAYS, /* for every seed tried: it does not matter */
};

struct vjp_remark {
    enum vjp_remark_rank rank;
    char text[VJP_REMARK_SIZE];
};

struct vjp_remarks {
    int count;
    struct vjp_remark at[VJP_REMARKS_MAX];
};

/* Adds a sentence behind those of its rank and before those of higher ones. Beyond VJP_REMARKS_MAX the
 * last is lost. */
void vjp_remark_add(struct vjp_remarks *out, enum vjp_remark_rank rank, const char *text);

/* What observations of a field tell, in a sentence with their numbers: "fails iff M % 8 != 0 (of 49 values
 * of M tried, 43 failed)". Where only one of them failed, or only one passed, it is no "iff", and of rank
 * VJP_REMARK_THRESHOLD at best: "fails with M = 5, going by a single observation that fails (...)". None for fewer than two
 * observations. */
void vjp_remark_add_values(struct vjp_remarks *out, const char *field,
                           const struct vjp_points *points);

/* The same of two fields, where the rule of two fits all of them. */
void vjp_remark_add_pairs(struct vjp_remarks *out, const char *a, const char *b,
                          struct vjp_rule rule, const struct vjp_points *points);

/* Room for a choice as a line has it; and for so many. */
#define VJP_CHOICE_SIZE 80
#define VJP_CHOICES_MAX 32

/* A field that takes names rather than numbers, with what was observed. */
struct vjp_choices {
    const char *field; /* "dtype" */
    int count, failed;
    bool
        only_here; /* it is known that all this is another one in another case, or not known that it is not */
    struct {
        char text[VJP_CHOICE_SIZE]; /* as a line has it: "dtype=f64" */
        bool failed;
    } at[VJP_CHOICES_MAX];
};

/* Whether a single one failed, or a single one did not. */
bool vjp_choices_are_thin(const struct vjp_choices *choices);

void vjp_choices_add(struct vjp_choices *choices, const char *text, bool failed);

/* "only with accumulate=1", "not with dtype=f64", "whatever dtype", whichever is shorter, with the
 * numbers; "here only with accumulate=1", below others, where no other case says the same. None for fewer than two observations. */
void vjp_remark_add_choices(struct vjp_remarks *out, const struct vjp_choices *choices);

#endif
