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
};

/* Adds what comes of the changed case to the points, or to the choices by that text; an answer that is
 * none adds nothing. */
void vjp_explain_observe(struct vjp_explaining *e, const struct vjp_vary *vary,
                         struct vjp_points *points);
void vjp_explain_choose(struct vjp_explaining *e, const struct vjp_vary *vary, const char *text,
                        struct vjp_choices *choices);

void vjp_explain_dims(struct vjp_explaining *e);    /* and pairs of them */
void vjp_explain_layouts(struct vjp_explaining *e); /* padding, offset and transposition */
void vjp_explain_fields(
    struct vjp_explaining *e); /* accumulate, grads, threads, attributes and dtype */
void vjp_explain_values(struct vjp_explaining *e); /* generators and seed */

#endif
