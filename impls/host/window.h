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

/* One tensor of a case, saved values among them, and the pages that it gets. Between calls every
 * byte of the pages is canary. A call takes three steps: put (or poison) the elements, let the
 * kernel run, take the elements out and leave canary in their place. Then a page that is not pure
 * canary was touched.
 *
 * A tensor whose rows lie far apart is sparse: pages that are far from any element are left out,
 * and the system takes memory for one only when it is touched, which shows. */
struct vjp_window {
    int slot;
    int index; /* of the window: inputs from 0, outputs from VJP_INPUT_WINDOWS */
    enum vjp_dtype dtype;
    struct vjp_shape shape;
    int64_t strides[VJP_RANK_MAX]; /* in elements, as the kernel is told */
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
 * element is as close to the end of the pages as they allow. A saved value is contiguous: no case
 * line says how it lies.
 * VJP_ERR_USAGE for an align that is no multiple of the element's size. */
VJP_MUST_CHECK enum vjp_status vjp_window_plan(struct vjp_window *out, const struct vjp_case *c,
                                               int slot, int alignment, int64_t page,
                                               struct vjp_error *error);

/* Gives the window its memory in the arena, all canary, for both placements. The capacity must
 * suffice, and a sparse window must be the first one that the arena's window is bound to. */
void vjp_window_bind(struct vjp_window *window, struct vjp_arena *arena);

/* The place of the first element. */
void *vjp_window_first(const struct vjp_window *window, enum vjp_placement placement);

/* Puts canary in the place of the elements. True if the pages are pure canary then. Otherwise *touch
 * says what was changed, closest to the tensor, and the pages are canary again. */
bool vjp_window_strip(const struct vjp_window *window, enum vjp_placement placement,
                      struct vjp_touch *touch);

/* Whether the pages are pure canary. */
bool vjp_window_is_pure(const struct vjp_window *window);

/* Where a byte at offset from the window's start lies. False: in an element. */
bool vjp_window_locate(const struct vjp_window *window, enum vjp_placement placement,
                       int64_t offset, struct vjp_touch *touch);

/* A stretch of pages that are in use: [from, to), in bytes from the window's start. */
struct vjp_live {
    int64_t from, to;
    struct vjp_span span;
    int64_t next_from, next_to;
    bool begun, ended;
};

/* Moves on to the next stretch, the first one of a zeroed *live. False at the end. */
bool vjp_window_next_live(const struct vjp_window *window, enum vjp_placement placement,
                          struct vjp_live *live);

#endif
