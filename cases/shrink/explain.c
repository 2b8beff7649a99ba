/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/shrink/explain.h"

#include "cases/shrink/explaining.h"
#include "cases/shrink/simpler.h"

#include <stdio.h>

/* A case that fails every other time, or more often, is taken for one that does not once in 2^10 times. Who fails less
 * often would take ever more runs. */
enum { PATIENCE = 2, PATIENCE_UNSTEADY = 10, SAMPLE = 16 };

/* Of a case that fails with few of them its first ones are not to be tried in vain for long. */
#define SECOND_SEEDS 4

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
                        struct vjp_choosing *choices)
{
    const enum vjp_answer answer = vjp_vary_ask(&e->ask, e->c, vary);
    if (answer == VJP_ANSWER_NONE || choices->is.count == VJP_CHOICES_MAX)
        return;
    choices->vary[choices->is.count] = *vary;
    vjp_choices_add(&choices->is, text, answer == VJP_ANSWER_YES);
}

/* Takes the changed case for the second one if it fails. */
static bool take_second(struct vjp_explaining *e, const struct vjp_vary *vary)
{
    struct vjp_case changed;
    if (!vjp_vary_make(&e->ask, e->c, vary, &changed))
        return false;
    const bool fails =
        !vjp_case_is_equal(&changed, e->c) && vjp_ask_case(&e->ask, &changed) == VJP_ANSWER_YES;
    if (fails)
        e->second = changed;
    else
        vjp_case_clear(&changed);
    return fails;
}

/* One of another size, since that makes more of a difference than other values do, or else of another seed. */
static void look_for_second(struct vjp_explaining *e)
{
    bool found = false;
    e->looked = true;
    for (int d = 0; d < e->c->spec->n_dims && !found; d++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_DIM, .index = d, .value = e->c->dim[d] + 1};
        found = vjp_case_has_dim(e->c, d) && take_second(e, &vary);
    }
    for (int64_t seed = 0; seed < SECOND_SEEDS && !found && vjp_simpler_is_drawn(e->c); seed++) {
        const struct vjp_vary vary = {.kind = VJP_VARY_SEED, .value = seed};
        found = take_second(e, &vary);
    }
}

bool vjp_explain_again(struct vjp_explaining *e, const struct vjp_vary *vary, bool failed)
{
    if (!e->looked)
        look_for_second(e);
    if (!e->second.spec)
        return false;
    const enum vjp_answer answer = vjp_vary_ask(&e->ask, &e->second, vary);
    return answer == (failed ? VJP_ANSWER_YES : VJP_ANSWER_NO);
}

void vjp_explain_conclude(struct vjp_explaining *e, struct vjp_choosing *choices)
{
    struct vjp_choices *is = &choices->is;
    const bool thin = is->count > 1 && vjp_choices_are_thin(is) && is->failed < is->count;
    for (int i = 0; i < is->count && thin && !is->only_here; i++)
        is->only_here = !vjp_explain_again(e, &choices->vary[i], is->at[i].failed);
    vjp_remark_add_choices(e->out, is);
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
    vjp_case_clear(&e.second);
    vjp_ask_clear(&e.ask);
    return status;
}
