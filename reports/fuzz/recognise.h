/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_RECOGNISE_H
#define VJP_REPORTS_FUZZ_RECOGNISE_H

#include <stdbool.h>

#include "cases/base/dtype.h"
#include "cases/base/shape.h"
#include "cases/base/text.h"

/* What a kernel does wrong, seen in its own Jacobian. Cotangents of one 1 among zeros give its rows: row i of got is
 * what the kernel wrote for dy = e_i, row i of want what is right, rounded. */

/* An operand whose elements can be told by their values. */
struct vjp_known_operand {
    const char *name;
    struct vjp_shape shape;
    int64_t count;
    const double *value;
};

/* One gradient's Jacobian, of rows x columns elements, twice. Nothing is owned. */
struct vjp_jacobian_pair {
    const char *cotangent; /* "dy", and its shape, of rows elements */
    struct vjp_shape dy;
    int64_t rows;
    const char *gradient; /* "dw", and its shape, of columns elements */
    struct vjp_shape g;
    int64_t columns;
    enum vjp_dtype dtype;
    const double *got, *want; /* row-major */
    const bool *outside;      /* which elements of got are outside their bound */
    const struct vjp_known_operand *operand;
    int n_operands;
};

/* Adds what is recognised, as one clause: "dy[:,8:13] has no effect on dx: its terms are lost", "w is read as though it
 * were transposed"; where nothing is, which elements of dy have a wrong effect on which of the gradient. Adds nothing
 * where no element is outside. A hint for a reader, never part of a judgement: values are taken for equal where they
 * differ by 8 units of the last place. */
void vjp_recognise(const struct vjp_jacobian_pair *pair, struct vjp_text *out);

#endif
