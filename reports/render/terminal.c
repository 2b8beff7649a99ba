/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/terminal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool vjp_terminal_is_capable(FILE *file)
{
    const char *term = getenv("TERM");
    return isatty(fileno(file)) && term && *term && strcmp(term, "dumb") != 0;
}

bool vjp_terminal_has_colour(FILE *file)
{
    const char *no_color = getenv("NO_COLOR");
    return vjp_terminal_is_capable(file) && !(no_color && *no_color);
}

void vjp_progress_init(struct vjp_progress *out, FILE *file)
{
    *out = (struct vjp_progress){.file = vjp_terminal_is_capable(file) ? file : NULL};
}

void vjp_progress_say(struct vjp_progress *progress, double now, const char *text)
{
    if (!progress->file || now < progress->next)
        return;
    progress->next = now + 0.1;
    progress->shown = true;
    fprintf(progress->file, "\r\033[K%s", text);
    fflush(progress->file);
}

void vjp_progress_show(struct vjp_progress *progress, double now, int64_t done, int64_t all,
                       int64_t failed)
{
    char text[128];
    char of[32] = "";
    if (all > 0)
        snprintf(of, sizeof of, " of %" PRId64, all);
    snprintf(text, sizeof text, "%" PRId64 "%s checks, %" PRId64 " failed", done, of, failed);
    vjp_progress_say(progress, now, text);
}

void vjp_progress_erase(struct vjp_progress *progress)
{
    if (!progress->shown)
        return;
    progress->shown = false;
    fputs("\r\033[K", progress->file);
    fflush(progress->file);
}
