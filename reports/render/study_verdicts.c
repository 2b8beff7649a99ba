/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool vjp_study_is_alike(const struct vjp_study_point *a, const struct vjp_study_point *b)
{
    return strcmp(a->kernel, b->kernel) == 0 && strcmp(a->dtype, b->dtype) == 0 &&
           strcmp(a->layer, b->layer) == 0 && strcmp(a->gradient, b->gradient) == 0 &&
           strcmp(a->values, b->values) == 0;
}

/* Points that grades are made of. */
static bool is_telling(const struct vjp_study_point *p, const struct vjp_study_point *like)
{
    return !p->why && vjp_study_is_alike(p, like) &&
           (double)p->figures.terms_max * p->u <= VJP_GRADE_KU_MAX;
}

/* x and y have room for every point. */
static void find_evidence(const struct vjp_study_table *table, const struct vjp_study_point *like,
                          double *x, double *y, struct vjp_grade_evidence *out)
{
    const struct vjp_study_point *last = NULL;
    int n = 0;
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        if (!is_telling(p, like))
            continue;
        x[n] = p->figures.terms_mean;
        y[n++] = p->figures.omega_rms;
        if (!last || p->figures.terms_mean > last->figures.terms_mean)
            last = p;
    }
    *out = (struct vjp_grade_evidence){
        .fit = vjp_fit_power(n, x, y), .up = {.p = 1}, .toward_zero = {.p = 1}, .condition = NAN};
    if (!last)
        return;
    out->up = last->figures.up;
    out->toward_zero = last->figures.toward_zero;
    out->correct = last->figures.correct;
    out->condition = last->figures.condition.p50;
}

static bool is_first(const struct vjp_study_table *table, int64_t i)
{
    for (int64_t j = 0; j < i; j++) {
        if (!table->point[j].why && vjp_study_is_alike(&table->point[j], &table->point[i]))
            return false;
    }
    return !table->point[i].why;
}

enum vjp_status vjp_study_verdicts_make(const struct vjp_study_table *table,
                                        struct vjp_study_verdicts *out, struct vjp_error *error)
{
    const size_t room = (size_t)table->count + 1;
    struct vjp_study_verdicts made = {.verdict = calloc(room, sizeof *made.verdict)};
    double *x = calloc(2 * room, sizeof *x);
    if (!made.verdict || !x) {
        free(made.verdict);
        free(x);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    for (int64_t i = 0; i < table->count; i++) {
        if (!is_first(table, i))
            continue;
        struct vjp_study_verdict *v = &made.verdict[made.count++];
        v->like = &table->point[i];
        find_evidence(table, v->like, x, x + room, &v->evidence);
        v->grade = vjp_grade_find(&v->evidence);
    }
    free(x);
    *out = made;
    return VJP_OK;
}

void vjp_study_verdicts_clear(struct vjp_study_verdicts *verdicts)
{
    free(verdicts->verdict);
    *verdicts = (struct vjp_study_verdicts){0};
}
