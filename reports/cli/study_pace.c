/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/study_pace.h"

#include "reports/bench/clock.h"

#include <math.h>
#include <stdio.h>

void vjp_study_pace_begin(struct vjp_study_pace *out)
{
    *out = (struct vjp_study_pace){.start = vjp_clock_now(), .all = 1};
    vjp_progress_init(&out->progress, stderr);
}

/* "2 h 10 min", "7 min", "40 s". */
static void print_time(double seconds, char *text, int size)
{
    if (seconds >= 3600)
        snprintf(text, (size_t)size, "%.0f h %.0f min", floor(seconds / 3600),
                 floor(fmod(seconds, 3600) / 60));
    else if (seconds >= 90)
        snprintf(text, (size_t)size, "%.0f min", seconds / 60);
    else
        snprintf(text, (size_t)size, "%.0f s", seconds);
}

void vjp_study_pace_step(struct vjp_study_pace *pace, double work, bool skipped, const char *what)
{
    const double now = vjp_clock_now();
    char left[32] = "", text[256];
    pace->done += work;
    pace->skipped += skipped ? work : 0;
    const double made = pace->done - pace->skipped;
    if (made > 0) {
        const double rest = (now - pace->start) / made * (pace->all - pace->done);
        print_time(pace->end > 0 ? fmax(0, fmin(rest, pace->end - now)) : rest, left, sizeof left);
    }
    if (*left)
        snprintf(text, sizeof text, "%3.0f %%, about %s left: %s", 100 * pace->done / pace->all,
                 left, what);
    else
        snprintf(text, sizeof text, "%3.0f %%: %s", 100 * pace->done / pace->all, what);
    vjp_progress_say(&pace->progress, now, text);
}
