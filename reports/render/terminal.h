/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_REPORTS_RENDER_TERMINAL_H
#define VJP_REPORTS_RENDER_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Whether a stream is a terminal that takes escape sequences: TERM is set and not "dumb". */
bool vjp_terminal_is_capable(FILE *file);

/* The same, and the user did not ask for plain text with NO_COLOR (https://no-color.org). */
bool vjp_terminal_has_colour(FILE *file);

/* One line on a terminal that is written over and erased at the end; nothing on anything else. */
struct vjp_progress {
    FILE *file;  /* NULL: silent */
    double next; /* the time, in seconds, before which nothing is written again */
    bool shown;  /* the line stands there now */
};

void vjp_progress_init(struct vjp_progress *out, FILE *file);

/* Shows the text. now: seconds on any clock that does not jump. Written at most ten times a second. */
void vjp_progress_say(struct vjp_progress *progress, double now, const char *text);

/* The same for a run of checks; all: 0 where it is not known. */
void vjp_progress_show(struct vjp_progress *progress, double now, int64_t done, int64_t all,
                       int64_t failed);
void vjp_progress_erase(struct vjp_progress *progress);

#endif
