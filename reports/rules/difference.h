/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RULES_DIFFERENCE_H
#define VJP_REPORTS_RULES_DIFFERENCE_H

#include <stdint.h>

#include "cases/base/status.h"

/* y = f(x) in f64. evaluate fills in all of y; a status that is not VJP_OK ends what is being computed. */
struct vjp_rule_function {
    void *environment;
    int64_t n_x, n_y;
    enum vjp_status (*evaluate)(void *environment, const double *x, double *y,
                                struct vjp_error *error);
};

/* What torch.autograd.gradcheck holds a gradient against (compute_numerical_gradient in the file that
 * vjp_rule_gradcheck names): central differences with eps 1e-6,
 *
 *     out[i] = sum over j of dy[j] (f_j(x + eps e_i) - f_j(x - eps e_i)) / (2 eps),
 *
 * all in f64. x has n_x elements, is changed meanwhile and is as it was after; dy has n_y, out has n_x, and is
 * untouched on failure but for its first elements. The error is of order eps^2 |f'''| and 2^-53 |f| / eps. */
VJP_MUST_CHECK enum vjp_status vjp_rule_differences(const struct vjp_rule_function *f, double *x,
                                                    const double *dy, double *out,
                                                    struct vjp_error *error);

#endif
