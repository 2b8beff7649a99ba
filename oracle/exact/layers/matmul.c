/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

/* y = a b */
void vjp_form_matmul(const struct vjp_case *c, struct vjp_form *out)
{
    vjp_form_use_dims(out, c);
    vjp_form_add_term(out, 0, 1);
}
