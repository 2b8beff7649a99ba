/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_lists.h"

#include "cases/spec/case.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum vjp_status vjp_bench_threads_read(const char *text, int threads[VJP_BENCH_THREADS_MAX],
                                       int *count, struct vjp_error *error)
{
    const char *at = text;
    int n = 0;
    do {
        char *end;
        const long value = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : 0;
        if (value < 1 || value > VJP_THREADS_MAX || (*end != ',' && *end != '\0') ||
            n == VJP_BENCH_THREADS_MAX)
            return vjp_fail(error, VJP_ERR_USAGE,
                            "--threads %s: expected up to %d numbers from 1 to %d, as 1,2", text,
                            VJP_BENCH_THREADS_MAX, VJP_THREADS_MAX);
        for (int i = 0; i < n; i++) {
            if (threads[i] == value)
                return vjp_fail(error, VJP_ERR_USAGE, "--threads %s: %ld stands there twice", text,
                                value);
        }
        threads[n++] = (int)value;
        at = *end ? end + 1 : NULL;
    } while (at);
    *count = n;
    return VJP_OK;
}

enum vjp_status vjp_bench_peers_open(const char *text, double timeout, char **names,
                                     struct vjp_targets *out, struct vjp_error *error)
{
    const char *name[VJP_BENCH_PEERS_MAX];
    int n = 0;
    *names = strdup(text);
    if (!*names)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (char *rest = *names; rest;) {
        if (n == VJP_BENCH_PEERS_MAX)
            return vjp_fail(error, VJP_ERR_USAGE, "--against %s: expected up to %d targets", text,
                            VJP_BENCH_PEERS_MAX);
        name[n++] = strsep(&rest, ",");
    }
    return vjp_targets_open(name, n, false, timeout, out, error);
}
