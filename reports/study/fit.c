/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/study/fit.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <math.h>

static bool is_usable(double x, double y)
{
    return isfinite(x) && isfinite(y) && x > 0 && y > 0;
}

/* What the fit works on; GSL's parts are NULL where memory has ended. */
struct bench {
    gsl_matrix *x, *covariance;
    gsl_vector *y, *c;
    gsl_multifit_robust_workspace *w;
};

static bool make_bench(struct bench *b, size_t n)
{
    b->x = gsl_matrix_alloc(n, 2);
    b->covariance = gsl_matrix_alloc(2, 2);
    b->y = gsl_vector_alloc(n);
    b->c = gsl_vector_alloc(2);
    b->w = gsl_multifit_robust_alloc(gsl_multifit_robust_bisquare, n, 2);
    return b->x && b->covariance && b->y && b->c && b->w;
}

/* GSL's functions take no NULL here but for the last. */
static void clear_bench(struct bench *b)
{
    if (b->x)
        gsl_matrix_free(b->x);
    if (b->covariance)
        gsl_matrix_free(b->covariance);
    if (b->y)
        gsl_vector_free(b->y);
    if (b->c)
        gsl_vector_free(b->c);
    if (b->w)
        gsl_multifit_robust_free(b->w);
}

/* Points that lie on the line: GSL divides 0 by 0 for the variance. */
static bool is_line(const struct bench *b)
{
    for (size_t i = 0; i < b->y->size; i++) {
        const double y = gsl_vector_get(b->y, i);
        const double line =
            gsl_vector_get(b->c, 0) + gsl_vector_get(b->c, 1) * gsl_matrix_get(b->x, i, 1);
        if (!(fabs(y - line) <= 0x1p-40 * fmax(1, fabs(y))))
            return false;
    }
    return true;
}

static void solve(struct bench *b, struct vjp_fit *fit)
{
    const int code = gsl_multifit_robust(b->x, b->y, b->c, b->covariance, b->w);
    const double variance = is_line(b) ? 0 : gsl_matrix_get(b->covariance, 1, 1);
    if ((code != GSL_SUCCESS && code != GSL_EMAXITER) || !(variance >= 0))
        return;
    const double t = gsl_cdf_tdist_Pinv((1 + VJP_FIT_CONFIDENCE) / 2, fit->points - 2);
    fit->intercept = gsl_vector_get(b->c, 0);
    fit->slope = gsl_vector_get(b->c, 1);
    fit->low = fit->slope - t * sqrt(variance);
    fit->high = fit->slope + t * sqrt(variance);
    fit->known = isfinite(fit->low) && isfinite(fit->high);
}

struct vjp_fit vjp_fit_power(int n, const double *x, const double *y)
{
    struct vjp_fit fit = {0};
    struct bench bench = {0};
    int different = 0;
    for (int i = 0; i < n; i++) {
        bool is_new = is_usable(x[i], y[i]);
        fit.points += is_new;
        for (int j = 0; j < i; j++)
            is_new = is_new && !(is_usable(x[j], y[j]) && x[j] == x[i]);
        different += is_new;
    }
    if (different < 3)
        return fit;
    /* GSL's handler ends the process, where memory ends, too. */
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    if (make_bench(&bench, (size_t)fit.points)) {
        size_t at = 0;
        for (int i = 0; i < n; i++) {
            if (!is_usable(x[i], y[i]))
                continue;
            gsl_matrix_set(bench.x, at, 0, 1);
            gsl_matrix_set(bench.x, at, 1, log2(x[i]));
            gsl_vector_set(bench.y, at++, log2(y[i]));
        }
        solve(&bench, &fit);
    }
    clear_bench(&bench);
    gsl_set_error_handler(handler);
    return fit;
}
