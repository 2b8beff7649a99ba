/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_STUDY_CURVES_H
#define VJP_REPORTS_RENDER_STUDY_CURVES_H

#include "reports/render/study_output.h"

/* The numbers of a plot of a study while it is made, and what theory says beside them. */

/* Numbers of one plot; room for all points in every series would be too much, so they lie one behind the other. */
struct vjp_study_sheet {
    double *x, *y;
    int used;
    struct vjp_plot_series *series;
    int n_series;
    struct vjp_plot_series curve[VJP_PLOT_CURVES_MAX];
    int n_curves;
};

/* Begins a series or curve, whose points are added next. */
void vjp_study_sheet_begin(struct vjp_study_sheet *sheet, struct vjp_plot_series *series,
                           const char *name);
void vjp_study_sheet_add(struct vjp_study_sheet *sheet, struct vjp_plot_series *series, double x,
                         double y);
/* Puts the points of the last one in ascending order: runs that were merged may have been of the larger sizes first. */
void vjp_study_sheet_sort(struct vjp_study_sheet *sheet, const struct vjp_plot_series *series);

/* Each adds the curves beside the points that are alike but for their kernels; up to VJP_PLOT_CURVES_MAX. The sheet has the
 * series of the kernels. */

/* Of omega over k: bounds for the least precise accumulation in the plot, for all of them. */
void vjp_study_curves_theory(const struct vjp_study_table *table,
                             const struct vjp_study_point *like, struct vjp_study_sheet *sheet);

/* Of omega over k: sums in f32, sums in f64, and no error but that of the result. */
void vjp_study_curves_formats(const struct vjp_study_table *table,
                              const struct vjp_study_point *like, struct vjp_study_sheet *sheet);

/* Of the error in parts of S against operands that were not yet rounded: that of rounding them, at most and probably, and
 * with it that of sums in f32 or f64 and of the result. Of the points of like's kernel, as far as they know how their terms
 * are spread. */
void vjp_study_curves_operands(const struct vjp_study_table *table,
                               const struct vjp_study_point *like, struct vjp_study_sheet *sheet);

/* Of |error| / |g| over the condition number: |error| <= k u S + u_out |g| and cond = 2 S / |g| give k u cond / 2 + u_out. */
void vjp_study_curves_conditioning(const struct vjp_study_table *table,
                                   const struct vjp_study_point *like,
                                   struct vjp_study_sheet *sheet);

#endif
