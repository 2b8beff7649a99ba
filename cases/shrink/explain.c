/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explain.h"

#include "cases/shrink/explaining.h"

#include <stdio.h>

/* A case that fails every other time, or more often, is taken for one that does not once in 2^10 times. Who fails less
 * often would take ever more runs. */
enum { PATIENCE = 2, PATIENCE_UNSTEADY = 10, SAMPLE = 16 };

/* The part of the runs that is for dimensions and pairs of them. */
#define SIZES_PART(runs) ((runs) - (runs) / 3)

void vjp_explain_observe(struct vjp_explaining *e, const struct vjp_vary *vary,
                         struct vjp_points *points)
{
    const enum vjp_answer answer = vjp_vary_ask(&e->ask, e->c, vary);
    if (answer != VJP_ANSWER_NONE)
        vjp_points_add(points, vary->value, vary->other_value, answer == VJP_ANSWER_YES);
}

void vjp_explain_choose(struct vjp_explaining *e, const struct vjp_vary *vary, const char *text,
                        struct vjp_choices *choices)
{
    const enum vjp_answer answer = vjp_vary_ask(&e->ask, e->c, vary);
    if (answer != VJP_ANSWER_NONE)
        vjp_choices_add(choices, text, answer == VJP_ANSWER_YES);
}

/* False where not all that was to be varied was. */
static bool explain_all(struct vjp_explaining *e, int64_t runs)
{
    vjp_ask_extend(&e->ask, SIZES_PART(runs));
    vjp_explain_dims(e);
    bool complete = !e->ask.ended;
    vjp_ask_extend(&e->ask, runs);
    vjp_explain_layouts(e);
    vjp_explain_fields(e);
    vjp_explain_values(e);
    complete &= !e->ask.ended;
    return complete;
}

/* Some case answered both ways: nothing of what was said until then holds. */
static bool explain_unsteady(struct vjp_explaining *e, int64_t runs)
{
    char text[VJP_REMARK_SIZE] = "fails now and then";
    int asked = 0, failed = 0;
    e->ask.steady = false;
    e->ask.patience = PATIENCE_UNSTEADY;
    vjp_ask_extend(&e->ask, runs);
    for (int i = 0; i < SAMPLE; i++) {
        const enum vjp_answer answer = vjp_ask_afresh(&e->ask, e->c);
        asked += answer != VJP_ANSWER_NONE;
        failed += answer == VJP_ANSWER_YES;
    }
    if (asked > 0 && failed == asked)
        snprintf(text, sizeof text, "cases near it fail now and then");
    else if (asked > 0)
        snprintf(text, sizeof text, "fails now and then: in %d of %d runs of the same case", failed,
                 asked);
    e->out->count = 0;
    vjp_remark_add(e->out, VJP_REMARK_RULE, text);
    return 2 * failed < asked ? !e->ask.ended : explain_all(e, runs);
}

enum vjp_status vjp_explain_case(const struct vjp_shrink *how, const struct vjp_case *c,
                                 struct vjp_explanation *out, struct vjp_error *error)
{
    struct vjp_explanation explanation = {0};
    struct vjp_explaining e = {.c = c, .out = &explanation.remarks};
    vjp_ask_init(&e.ask, how);
    e.ask.patience = PATIENCE;
    e.ask.steady = true;
    const enum vjp_answer own = vjp_ask_case(&e.ask, c);
    if (own == VJP_ANSWER_YES)
        explanation.complete = explain_all(&e, how->runs);
    else if (!e.ask.ended)
        vjp_remark_add(e.out, VJP_REMARK_RULE, "did not fail when it was run again");
    if (e.ask.unsteady)
        explanation.complete = explain_unsteady(&e, how->runs);
    explanation.runs = e.ask.runs;
    const enum vjp_status status = e.ask.status;
    if (status == VJP_OK)
        *out = explanation;
    else if (error)
        *error = e.ask.error;
    vjp_ask_clear(&e.ask);
    return status;
}
