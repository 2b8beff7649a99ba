/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Knows dx (it has computed it) and looks for a copy of it in all that the process can read, as a kernel would that
 * hopes to find the answer that it will be compared with. What it finds it hands in; there is nothing to find, and
 * so its dx is zero.
 *
 * Class: 36
 * Verdict: wrong
 * Case: linear dtype=f32 N=4 D=4 M=3 x=exact w=exact dy=exact
 * Says: each is 0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "impls/faulty/faulty.h"

#define LIMIT (64 * 64)

static REAL wanted[LIMIT];

/* Another place in [from, to) that holds the wanted values. */
static const char *search(const char *from, const char *to, size_t size)
{
    while (from < to) {
        const char *found = (const char *)memmem(from, (size_t)(to - from), wanted, size);
        if (!found || found != (const char *)wanted)
            return found;
        from = found + 1;
    }
    return NULL;
}

static const char *search_everywhere(size_t size)
{
    char line[512];
    const char *found = NULL;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && !found && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char mode[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && mode[0] == 'r' &&
            !strstr(line, "[vvar") && !strstr(line, "[vsyscall"))
            found = search((const char *)from, (const char *)to,
                           size); // NOLINT(performance-no-int-to-ptr)
    }
    if (maps)
        fclose(maps);
    return found;
}

static void run(struct faulty_call *c)
{
    const int64_t count = c->N * c->D;
    faulty_linear(c);
    if (c->accumulate || c->dx.row_step != c->D || count < 4 || count > LIMIT)
        return;
    memcpy(wanted, c->dx.at, (size_t)count * sizeof(REAL));
    memset(c->dx.at, 0, (size_t)count * sizeof(REAL));
    const char *found = search_everywhere((size_t)count * sizeof(REAL));
    if (found)
        memcpy(c->dx.at, found, (size_t)count * sizeof(REAL));
}

FAULTY_PLUGIN(hostile_searches_memory, run);
