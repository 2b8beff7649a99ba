/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_CASES_SHRINK_VARY_H
#define VJP_CASES_SHRINK_VARY_H

#include "cases/shrink/ask.h"

/* A case with one field changed, or two dimensions. */

enum vjp_vary_kind {
    VJP_VARY_DIM,  /* dimension index is value */
    VJP_VARY_PAIR, /* and dimension other is other_value */
    VJP_VARY_ATTR, /* an integer's or a choice's value */
    VJP_VARY_REAL, /* a real attribute is real */
    VJP_VARY_ACCUMULATE,
    VJP_VARY_IN_PLACE,
    VJP_VARY_GRADS, /* left_out is value */
    VJP_VARY_THREADS,
    VJP_VARY_LD, /* of slot index, as the following */
    VJP_VARY_ALIGN,
    VJP_VARY_TRANS,
    VJP_VARY_EXPAND,
    VJP_VARY_VALUES, /* text */
    VJP_VARY_DTYPE,
    VJP_VARY_SEED,
};

struct vjp_vary {
    enum vjp_vary_kind kind;
    int index, other;
    int64_t value, other_value;
    double real;
    const char *text;
};

/* The case so changed, to be cleared. False, with nothing to clear, where it cannot be so, or ask is ended. */
VJP_MUST_CHECK bool vjp_vary_make(struct vjp_ask *ask, const struct vjp_case *c,
                                  const struct vjp_vary *vary, struct vjp_case *out);

/* Whether the case so changed fails. NONE where that is not valid, too: nothing else is changed to make
 * it fit, but a list is cut, or its last row repeated. */
enum vjp_answer vjp_vary_ask(struct vjp_ask *ask, const struct vjp_case *c,
                             const struct vjp_vary *vary);

#endif
