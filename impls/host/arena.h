/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_ARENA_H
#define VJP_IMPLS_HOST_ARENA_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/status.h"
#include "impls/host/protocol.h"

/* The shared memory between the harness and one worker process: made for it, and gone with it, so
 * that nothing which an earlier process left behind can reach it. */
struct vjp_arena {
    int64_t page;     /* bytes */
    int64_t capacity; /* bytes of one window, whole pages */
    int control_fd, input_fd, output_fd;
    struct vjp_control *control;
    unsigned char *inputs, *outputs; /* every window of the files, as we see them */
    uint64_t canary[VJP_WINDOWS];    /* the pattern that fills the window */
    int64_t dressed[VJP_WINDOWS];    /* how many of its bytes, from the start, hold it */
};

/* Bytes of a window in an ordinary arena. A case that needs more gets an arena, and so a worker
 * process, of its own size. */
#define VJP_ARENA_BYTES (INT64_C(1) << 24)

/* An arena whose windows hold at least bytes each. The files are sparse: memory is taken page by
 * page as it is touched. */
VJP_MUST_CHECK enum vjp_status vjp_arena_init(struct vjp_arena *out, int64_t bytes,
                                              struct vjp_error *error);
void vjp_arena_clear(struct vjp_arena *arena);

/* The first byte of a window. */
unsigned char *vjp_arena_window(const struct vjp_arena *arena, int window);

/* Bytes of a page of this machine. */
int64_t vjp_arena_page(void);

/* A duplicate of fd that is closed on exec and out of the way of the numbers that a worker is given
 * (enum vjp_worker_fd). Closes fd. -1, with errno set, on failure or where fd is -1. */
int vjp_lift_fd(int fd);

#endif
