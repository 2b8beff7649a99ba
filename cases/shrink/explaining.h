/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_EXPLAINING_H
#define VJP_CASES_SHRINK_EXPLAINING_H

#include "cases/shrink/remark.h"
#include "cases/shrink/vary.h"

/* The parts of vjp_explain_case. Each adds to *out what it finds, and ends early where ask is ended. */
struct vjp_explaining {
    struct vjp_ask ask;
    const struct vjp_case *c;
    struct vjp_remarks *out;
    bool looked; /* for a second case: */
    struct vjp_case
        second; /* it fails as well, with another size or seed; spec NULL: there is none */
};

/* Choices, and what the case was changed to for each of them. */
struct vjp_choosing {
    struct vjp_choices is;
    struct vjp_vary vary[VJP_CHOICES_MAX];
};

/* Adds what comes of the changed case to the points, or to the choices by that text; an answer that is
 * none adds nothing. */
void vjp_explain_observe(struct vjp_explaining *e, const struct vjp_vary *vary,
                         struct vjp_points *points);
void vjp_explain_choose(struct vjp_explaining *e, const struct vjp_vary *vary, const char *text,
                        struct vjp_choosing *choices);

/* Whether the second case, so changed, fails or does not, as is told. False where there is none. */
bool vjp_explain_again(struct vjp_explaining *e, const struct vjp_vary *vary, bool failed);

/* Adds a sentence about the choices. Where a single one of them fails, or a single one does not, as of two there are, all are
 * asked of the second case as well: the sentence is said of this case only unless all is the same there. */
void vjp_explain_conclude(struct vjp_explaining *e, struct vjp_choosing *choices);

void vjp_explain_dims(struct vjp_explaining *e);    /* and pairs of them */
void vjp_explain_layouts(struct vjp_explaining *e); /* padding, offset and transposition */
void vjp_explain_fields(
    struct vjp_explaining *e); /* accumulate, grads, threads, attributes and dtype */
void vjp_explain_values(struct vjp_explaining *e); /* generators and seed */

#endif
