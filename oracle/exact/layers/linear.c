/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

/* y = x w + b */
const struct vjp_form vjp_form_linear = {.n_terms = 2, .term = {{0, 1}, {2, VJP_FORM_NONE}}};
