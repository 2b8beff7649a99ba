/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/rules/difference.h"

#include <stdlib.h>

#include "cases/base/memory.h"

#define EPS 1e-6

/* Evaluates f with another x[i]. */
static enum vjp_status evaluate_at(const struct vjp_rule_function *f, double *x, int64_t i,
                                   double value, double *y, struct vjp_error *error)
{
    const double kept = x[i];
    x[i] = value;
    const enum vjp_status status = f->evaluate(f->environment, x, y, error);
    x[i] = kept;
    return status;
}

enum vjp_status vjp_rule_differences(const struct vjp_rule_function *f, double *x, const double *dy,
                                     double *out, struct vjp_error *error)
{
    double *below = vjp_zeros(f->n_y, sizeof *below);
    double *above = vjp_zeros(f->n_y, sizeof *above);
    enum vjp_status status = VJP_OK;
    if (!below || !above) {
        status = vjp_fail(error, VJP_ERR_MEMORY, "no memory for differences");
        goto cleanup;
    }
    for (int64_t i = 0; i < f->n_x; i++) {
        status = evaluate_at(f, x, i, x[i] - EPS, below, error);
        if (status == VJP_OK)
            status = evaluate_at(f, x, i, x[i] + EPS, above, error);
        if (status != VJP_OK)
            goto cleanup;
        double sum = 0;
        for (int64_t j = 0; j < f->n_y; j++)
            sum += dy[j] * ((above[j] - below[j]) / (2 * EPS));
        out[i] = sum;
    }
cleanup:
    free(below);
    free(above);
    return status;
}
