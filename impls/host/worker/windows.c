/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/windows.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

bool vjp_windows_reserve(struct vjp_windows *out, int64_t capacity)
{
    struct vjp_windows windows = {.capacity = capacity};
    for (int w = 0; w < VJP_WINDOWS; w++) {
        char *space = mmap(NULL, (size_t)(capacity + 2 * VJP_GUARD_BYTES), PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (space == MAP_FAILED)
            return false;
        windows.start[w] = space + VJP_GUARD_BYTES;
    }
    *out = windows;
    return true;
}

bool vjp_windows_show(struct vjp_windows *windows, int window, int64_t bytes)
{
    const int64_t have = windows->mapped[window];
    char *start = windows->start[window];
    void *got = start;
    if (bytes < 0 || bytes > windows->capacity) {
        errno = EINVAL;
        return false;
    }
    if (bytes < have) {
        got = mmap(start + bytes, (size_t)(have - bytes), PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    } else if (bytes > have) {
        const bool input = window < VJP_INPUT_WINDOWS;
        const int64_t place = input ? window : window - VJP_INPUT_WINDOWS;
        got = mmap(start + have, (size_t)(bytes - have), input ? PROT_READ : PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_FIXED, input ? VJP_FD_INPUTS : VJP_FD_OUTPUTS,
                   place * windows->capacity + have);
    }
    if (got == MAP_FAILED)
        return false;
    windows->mapped[window] = bytes;
    return true;
}
