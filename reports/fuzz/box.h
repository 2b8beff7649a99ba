/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_FUZZ_BOX_H
#define VJP_REPORTS_FUZZ_BOX_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/shape.h"
#include "cases/base/text.h"

/* The smallest range along each axis that holds some elements of a tensor. Zeroed: it holds none. */
struct vjp_box {
    bool any;
    int64_t low[VJP_RANK_MAX], high[VJP_RANK_MAX]; /* the first and the last index */
};

/* Widens the box to hold element i, row-major, of a tensor of the shape. */
void vjp_box_add(struct vjp_box *box, const struct vjp_shape *shape, int64_t i);
bool vjp_box_has(const struct vjp_box *box, const struct vjp_shape *shape, int64_t i);

/* Whether the box holds the whole tensor. */
bool vjp_box_is_all(const struct vjp_box *box, const struct vjp_shape *shape);

/* Adds "dw[2,:,8:13]", ranges half open; the name alone where the box is the whole tensor. */
void vjp_box_print(const struct vjp_box *box, const char *name, const struct vjp_shape *shape,
                   struct vjp_text *out);

#endif
