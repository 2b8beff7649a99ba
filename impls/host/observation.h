/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_IMPLS_HOST_OBSERVATION_H
#define VJP_IMPLS_HOST_OBSERVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "cases/base/tensor.h"
#include "cases/spec/spec.h"

/* What happened to the process that ran a kernel on a case. Not a judgement. */
enum vjp_outcome {
    VJP_COMPLETED = 0,
    VJP_DECLINED, /* the kernel said that it does not do this case */
    VJP_REFUSED, /* run returned an error, or (code 0) broke the rules in another way: see conduct and reason */
    VJP_CRASHED, /* ended by a signal */
    VJP_EXITED,  /* the process ended by itself inside the call */
    VJP_HUNG,    /* ended by the watchdog */
};

enum vjp_side { VJP_BEFORE, VJP_AFTER, VJP_BETWEEN };

/* One place where memory was touched that must not be. */
struct vjp_touch {
    bool found;
    int slot;
    enum vjp_side side; /* before the first element, after the last, between rows */
    int64_t bytes;      /* how far outside: from the first element down or from the end up, at least
                           1; between rows: from the end of the row */
    bool wrote;         /* a canary was changed or a write faulted; false: a read, or not known */
};

/* Everything that was seen while a kernel ran a case. The calls: one with every tensor at the left
 * end of its pages and outputs full of NaN, two with every tensor at the right end, the outputs
 * first full of a finite pattern, then of NaN. */
struct vjp_observation {
    enum vjp_outcome outcome;
    char
        reason[256]; /* DECLINED: the kernel's words. Otherwise what happened, in words; or empty */
    /* What the kernel did, or tried to do, that is not its business, in words; or empty. */
    char conduct[256];
    bool
        conduct_shows; /* to a program without our means, too: a handler, the working directory, and
                           what is found changed */
    int code;         /* CRASHED: the signal; EXITED: the exit status; REFUSED: what run returned */
    uint64_t address; /* CRASHED by SIGSEGV or SIGBUS: the address */
    char log[512];    /* the end of what the worker wrote to stdout and stderr, control characters
                         replaced; empty: nothing */

    struct vjp_touch out_of_bounds; /* guard page hit or canary changed */
    struct vjp_touch
        input_changed;        /* slot and, in bytes, the offset of the first changed byte, plus 1 */
    char fp_environment[256]; /* what the call (or the load) changed, in words; or empty */

    int unwritten_slot; /* -1: none; else the first output with an element that kept both patterns */
    int64_t unwritten_index;
    int64_t unwritten_count;
    int repeat_slot; /* -1: the repeated call gave the same bits; else where it first did not */
    int64_t repeat_index;
    bool reads_old_output; /* the answer depends on what the outputs held before, by the difference
                              of the patterns and not by chance */

    /* The answers, contiguous, by gradient slot: [0] from the left placement, [1] from the right
     * one. Empty (data NULL) unless completed. */
    struct vjp_tensor answer[2][VJP_MAX_SLOTS];
};

void vjp_observation_clear(struct vjp_observation *observation);

/* Frees the answers only. */
void vjp_observation_clear_answers(struct vjp_observation *observation);

#endif
