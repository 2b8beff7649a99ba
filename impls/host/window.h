/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_WINDOW_H
#define VJP_IMPLS_HOST_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "cases/spec/case.h"
#include "impls/host/arena.h"
#include "impls/host/observation.h"
#include "impls/host/strided.h"

/* Which end of its pages a tensor touches. */
enum vjp_placement { VJP_LEFT, VJP_RIGHT };

/* One tensor of a case, and the pages that it gets. Between calls every byte of the pages is
 * canary. A call takes three steps: put (or poison) the elements, let the kernel run, take the
 * elements out and leave canary in their place. Then a page that is not pure canary was touched.
 *
 * A tensor whose rows lie far apart is sparse: pages that are far from any element are left out,
 * and the system takes memory for one only when it is touched, which shows. */
struct vjp_window {
    int slot;
    int index; /* of the window: inputs from 0, outputs from VJP_INPUT_WINDOWS */
    enum vjp_dtype dtype;
    struct vjp_strided strided;
    int64_t page;
    int64_t bytes;     /* whole pages; 0: the tensor is empty, its place is in the guard */
    int64_t offset[2]; /* by placement: from the window's start to the first element */
    int64_t live;      /* bytes of memory that it takes */
    bool sparse;
    uint64_t canary;
    unsigned char *start; /* the window as we see it, once bound */
};

/* The window that a slot has, whatever the case. */
int vjp_window_index(const struct vjp_spec *spec, int slot);

/* Lays out the slot of the case for a kernel that asks for the alignment. In both placements the
 * first element is where the case's align and the kernel's alignment want it; on the right the last
 * element is as close to the end of the pages as they allow.
 * VJP_ERR_USAGE for an align that is no multiple of the element's size. */
VJP_MUST_CHECK enum vjp_status vjp_window_plan(struct vjp_window *out, const struct vjp_case *c,
                                               int slot, int alignment, int64_t page,
                                               struct vjp_error *error);

/* Gives the window its memory in the arena, all canary. The capacity must suffice. */
void vjp_window_bind(struct vjp_window *window, struct vjp_arena *arena);

/* The place of the first element. */
void *vjp_window_first(const struct vjp_window *window, enum vjp_placement placement);

/* Makes pages that a sparse window needs in this placement canary. */
void vjp_window_dress(const struct vjp_window *window, enum vjp_placement placement);

/* After the elements were taken out and canary put in their place (which this does): true if the
 * pages are pure canary. Otherwise *touch, where it is not NULL, says what of them was changed
 * first, counted from the tensor, and the pages are canary again. */
bool vjp_window_strip(const struct vjp_window *window, enum vjp_placement placement,
                      struct vjp_touch *touch);

/* Where a byte at offset from the window's start lies. False: in an element. */
bool vjp_window_locate(const struct vjp_window *window, enum vjp_placement placement,
                       int64_t offset, struct vjp_touch *touch);

/* The next stretch of pages in use from *from on: [*from, *to). *to starts at 0. */
bool vjp_window_next_live(const struct vjp_window *window, enum vjp_placement placement,
                          struct vjp_span *span, int64_t *from, int64_t *to);

#endif
