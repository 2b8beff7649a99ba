/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/holes.h"

#include <sys/stat.h>
#include <unistd.h>

#include "impls/host/pattern.h"

void vjp_holes_note(const struct vjp_arena *arena, struct vjp_holes *out)
{
    struct stat file;
    out->blocks[0] = fstat(arena->input_fd, &file) == 0 ? file.st_blocks : -1;
    out->blocks[1] = fstat(arena->output_fd, &file) == 0 ? file.st_blocks : -1;
}

/* Looks at the pages in [from, to) that have memory. One that is pure canary belongs to the other
 * placement; one that is all zeros was read. */
static bool find_touch(const struct vjp_arena *arena, const struct vjp_window *window,
                       enum vjp_placement placement, int64_t from, int64_t to,
                       struct vjp_touch *touch)
{
    const bool input = window->index < VJP_INPUT_WINDOWS;
    const int fd = input ? arena->input_fd : arena->output_fd;
    const int64_t start = window->start - (input ? arena->inputs : arena->outputs);
    for (int64_t at = from; at < to; at += window->page) {
        const off_t data = lseek(fd, start + at, SEEK_DATA);
        if (data < 0 || data >= start + to)
            return false;
        at = data - start;
        if (vjp_pattern_is_spread(window->dtype, window->canary, window->start + at, window->page))
            continue;
        int64_t byte = 0;
        while (byte < window->page && window->start[at + byte] == 0)
            byte++;
        const bool wrote = byte < window->page;
        if (vjp_window_locate(window, placement, at + (wrote ? byte : 0), touch)) {
            touch->wrote = wrote;
            return true;
        }
    }
    return false;
}

bool vjp_holes_check(const struct vjp_arena *arena, const struct vjp_holes *before,
                     const struct vjp_window *windows, int n, enum vjp_placement placement,
                     struct vjp_touch *touch)
{
    struct vjp_holes after;
    vjp_holes_note(arena, &after);
    if (after.blocks[0] == before->blocks[0] && after.blocks[1] == before->blocks[1])
        return true;
    for (int i = 0; i < n; i++) {
        struct vjp_live live = {0};
        int64_t from = 0;
        while (windows[i].sparse && vjp_window_next_live(&windows[i], placement, &live)) {
            if (find_touch(arena, &windows[i], placement, from, live.from, touch))
                return false;
            from = live.to;
        }
    }
    return false;
}
