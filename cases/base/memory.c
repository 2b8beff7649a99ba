/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/memory.h"

#include "cases/base/checked.h"

#include <stdlib.h>
#include <sys/mman.h>

#define PAGE  ((uintptr_t)4096)
#define LARGE (INT64_C(1) << 22) /* two large pages of 2 MiB: one at least lies within */

void *vjp_zeros(int64_t count, int64_t size)
{
    int64_t bytes;
    if (count < 0 || size < 0 || !vjp_checked_mul(count, size, &bytes))
        return NULL;
    char *memory = calloc((size_t)(bytes > 0 ? bytes : 1), 1);
#ifdef MADV_HUGEPAGE
    if (memory && bytes >= LARGE) {
        const uintptr_t shift = (PAGE - (uintptr_t)memory % PAGE) % PAGE;
        madvise(memory + shift, ((size_t)bytes - shift) / PAGE * PAGE, MADV_HUGEPAGE);
    }
#endif
    return memory;
}
