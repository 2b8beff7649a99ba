/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_curves.h"

#include "reports/study/theory.h"

#include <math.h>

void vjp_study_sheet_begin(struct vjp_study_sheet *s, struct vjp_plot_series *series,
                           const char *name)
{
    *series = (struct vjp_plot_series){.name = name, .x = s->x + s->used, .y = s->y + s->used};
}

void vjp_study_sheet_add(struct vjp_study_sheet *s, struct vjp_plot_series *series, double x,
                         double y)
{
    s->x[s->used] = x;
    s->y[s->used++] = y;
    series->n++;
}

/* Ascending: runs that were merged may have been of the larger sizes first. */
void vjp_study_sheet_sort(struct vjp_study_sheet *s, const struct vjp_plot_series *series)
{
    double *x = s->x + s->used - series->n, *y = s->y + s->used - series->n;
    for (int i = 1; i < series->n; i++) {
        const double px = x[i], py = y[i];
        int at = i;
        for (; at > 0 && x[at - 1] > px; at--) {
            x[at] = x[at - 1];
            y[at] = y[at - 1];
        }
        x[at] = px;
        y[at] = py;
    }
}

/* Curves over the terms of the series with most points. */
static const struct vjp_plot_series *longest_of(const struct vjp_study_sheet *s)
{
    const struct vjp_plot_series *longest = NULL;
    for (int k = 0; k < s->n_series; k++) {
        if (!longest || s->series[k].n > longest->n)
            longest = &s->series[k];
    }
    return longest;
}

enum { K_U, PROBABLE, PAIRS, N_THEORIES };

/* Of the bound of a theory, with the rounding of the result to a narrower dtype. */
static double theory_of(int which, double k, double u, double u_out)
{
    const double last = u_out > u ? u_out : 0;
    return last + (which == K_U ? vjp_theory_deterministic(k, u)
                   : which == PROBABLE
                       ? vjp_theory_probabilistic(k, u, vjp_theory_lambda(k, u, VJP_STUDY_FAILURE))
                       : vjp_theory_tree(vjp_theory_height_pairwise(k), u));
}

/* Curves for the least precise accumulation in the plot: bounds for all of them. */
void vjp_study_curves_theory(const struct vjp_study_table *table,
                             const struct vjp_study_point *like, struct vjp_study_sheet *s)
{
    static const char *const names[N_THEORIES] = {[K_U] = "bound k u (Jeannerod, Rump)",
                                                  [PROBABLE] = "probable (Higham, Mary), 1 in 1000",
                                                  [PAIRS] = "bound of a tree of pairs"};
    double u = 0, u_out = 0;
    const struct vjp_plot_series *longest = longest_of(s);
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        if (!p->why && vjp_study_is_beside(p, like)) {
            u = fmax(u, p->u);
            u_out = p->u_out;
        }
    }
    for (int which = 0; which < N_THEORIES && longest; which++) {
        struct vjp_plot_series *curve = &s->curve[s->n_curves++];
        vjp_study_sheet_begin(s, curve, names[which]);
        for (int i = 0; i < longest->n; i++)
            vjp_study_sheet_add(s, curve, longest->x[i],
                                theory_of(which, fmax(1, longest->x[i]), u, u_out));
    }
}

/* Models of the study dtype, the error in parts of S against the number of terms. */
enum { SUMS_F32, SUMS_F64, RESULT, N_FORMATS };

/* What is rounded last is off by sums already: |s| <= |g| + sums S <= (1 + sums) S. */
static double format_of(int which, double k, double u_out)
{
    const double u = which == SUMS_F32 ? 0x1p-24 : 0x1p-53;
    const double sums = which == RESULT ? 0 : vjp_theory_deterministic(k, u);
    return sums + (which == RESULT || u_out > u ? u_out * (1 + sums) : 0);
}

void vjp_study_curves_formats(const struct vjp_study_table *table,
                              const struct vjp_study_point *like, struct vjp_study_sheet *s)
{
    static const char *const names[N_FORMATS] = {
        [SUMS_F32] = "sums in f32: k u, and u of the result",
        [SUMS_F64] = "sums in f64: k u, and u of the result",
        [RESULT] = "the result alone: its u"};
    const struct vjp_plot_series *longest = longest_of(s);
    (void)table;
    for (int which = 0; which < N_FORMATS && longest; which++) {
        struct vjp_plot_series *curve = &s->curve[s->n_curves++];
        vjp_study_sheet_begin(s, curve, names[which]);
        for (int i = 0; i < longest->n; i++)
            vjp_study_sheet_add(s, curve, longest->x[i],
                                format_of(which, fmax(1, longest->x[i]), like->u_out));
    }
}

/* The operands' curves, and what comes of all three: operands, sums and the result. Each part is a bound in parts of S of
 * the operands that the kernel is given (theory.h), so that they add up. */
enum { OPERANDS, OPERANDS_PROBABLE, WITH_F32, WITH_F64, N_OPERANDS };

void vjp_study_curves_operands(const struct vjp_study_table *table,
                               const struct vjp_study_point *like, struct vjp_study_sheet *s)
{
    static const char *const names[N_OPERANDS] = {[OPERANDS] = "operands, at most: 2 u + u^2",
                                                  [OPERANDS_PROBABLE] =
                                                      "operands, 1 in 1000 above (Hoeffding)",
                                                  [WITH_F32] = "operands, sums in f32, result",
                                                  [WITH_F64] = "operands, sums in f64, result"};
    const double operands = vjp_theory_operands(like->u_out);
    for (int which = 0; which < N_OPERANDS; which++) {
        struct vjp_plot_series *curve = &s->curve[s->n_curves++];
        vjp_study_sheet_begin(s, curve, names[which]);
        for (int64_t i = 0; i < table->count; i++) {
            const struct vjp_study_point *p = &table->point[i];
            if (p->why || !vjp_study_is_alike(p, like) || !(p->parts.spread > 0))
                continue;
            const double k = fmax(1, (double)p->figures.terms_max);
            vjp_study_sheet_add(
                s, curve, p->figures.terms_mean,
                which == OPERANDS ? operands
                : which == OPERANDS_PROBABLE
                    ? vjp_theory_operands_probable(p->u_out, p->parts.spread, VJP_STUDY_FAILURE)
                    : operands + format_of(which == WITH_F32 ? SUMS_F32 : SUMS_F64, k, p->u_out));
        }
        vjp_study_sheet_sort(s, curve);
    }
}

/* |error| <= k u S + u_out |g| and cond = 2 S / |g| give |error| / |g| <= k u cond / 2 + u_out. */
void vjp_study_curves_conditioning(const struct vjp_study_table *table,
                                   const struct vjp_study_point *like, struct vjp_study_sheet *s)
{
    struct vjp_plot_series *curve = &s->curve[s->n_curves++];
    vjp_study_sheet_begin(s, curve, "bound k u cond / 2 + u of the result");
    for (int64_t i = 0; i < table->count; i++) {
        const struct vjp_study_point *p = &table->point[i];
        const double condition = p->figures.condition.max;
        if (!p->why && vjp_study_is_alike(p, like))
            vjp_study_sheet_add(s, curve, p->figures.condition.p50,
                                vjp_theory_deterministic((double)p->figures.terms_max, p->u) *
                                        condition / 2 +
                                    p->u_out);
    }
}
