/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_LINE_GRADIENTS_H
#define VJP_CASES_LINE_GRADIENTS_H

#include "cases/base/status.h"
#include "cases/base/text.h"
#include "cases/spec/case.h"

/* The field grads: the gradients that a call asks for, "dx" or "1.dx,3.dw". Every one where a line does not
 * have it. */

/* Sets c->left_out from the names. The attributes, which say what gradients there are, are set. The
 * message has neither column nor field. */
VJP_MUST_CHECK enum vjp_status vjp_gradients_read(const char *names, struct vjp_case *c,
                                                  struct vjp_error *error);

/* Adds " grads=dx,db", in the spec's order, where some are left out. */
void vjp_gradients_print(const struct vjp_case *c, struct vjp_text *out);

#endif
