/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

/* y = a b */
const struct vjp_form vjp_form_matmul = {.n_terms = 1, .term = {{0, 1}}};
