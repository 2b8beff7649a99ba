/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this nobody looks: reading the system's file takes longer than a small case. */
#define MANY_BYTES (INT64_C(1) << 28)

/* MemAvailable (proc(5)), in bytes, or -1. */
static int64_t available(void)
{
    static const char field[] = "MemAvailable:";
    char line[128];
    int64_t kilobytes = -1;
    FILE *file = fopen("/proc/meminfo", "re");
    if (!file)
        return -1;
    while (kilobytes < 0 && fgets(line, sizeof line, file)) {
        if (strncmp(line, field, sizeof field - 1) == 0)
            kilobytes = strtoll(line + sizeof field - 1, NULL, 10);
    }
    fclose(file);
    return kilobytes < 0 ? -1 : 1024 * kilobytes;
}

enum vjp_status vjp_memory_check(int64_t bytes, struct vjp_error *error)
{
    if (bytes < MANY_BYTES)
        return VJP_OK;
    const int64_t have = available();
    if (have < 0 || bytes <= have)
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_LIMIT,
                    "the case needs %" PRId64 " MiB of memory, %" PRId64 " MiB are available",
                    bytes >> 20, have >> 20);
}
