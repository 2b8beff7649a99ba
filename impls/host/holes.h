/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_HOLES_H
#define VJP_IMPLS_HOST_HOLES_H

#include "impls/host/window.h"

/* The pages between the far-apart rows of a sparse window hold nothing, and the system takes memory
 * for one as soon as it is read or written, by whomever: that is how a touch is seen. */

/* How much memory the arena's inputs [0] and outputs [1] take. */
struct vjp_holes {
    int64_t blocks[2];
};

void vjp_holes_note(const struct vjp_arena *arena, struct vjp_holes *out);

/* True if no hole was filled since. Otherwise *touch says where, as far as one of the n windows is
 * sparse and was touched between its live pages. */
bool vjp_holes_check(const struct vjp_arena *arena, const struct vjp_holes *before,
                     const struct vjp_window *windows, int n, enum vjp_placement placement,
                     struct vjp_touch *touch);

#endif
