/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/form.h"

/* y = x w + b */
void vjp_form_linear(const struct vjp_case *c, struct vjp_form *out)
{
    vjp_form_use_dims(out, c);
    vjp_form_add_term(out, 0, 1);
    vjp_form_add_term(out, 2, VJP_FORM_NONE);
}
