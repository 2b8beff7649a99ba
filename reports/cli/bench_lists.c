/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_lists.h"

#include "cases/spec/case.h"
#include "reports/cli/options.h"

#include <inttypes.h>
#include <string.h>

enum vjp_status vjp_bench_threads_read(const char *text, int threads[VJP_BENCH_THREADS_MAX],
                                       int *count, struct vjp_error *error)
{
    int64_t number[VJP_BENCH_THREADS_MAX];
    int n = 0;
    enum vjp_status status = vjp_option_integers("threads", text, 1, VJP_THREADS_MAX,
                                                 VJP_BENCH_THREADS_MAX, number, &n, error);
    if (status != VJP_OK)
        return status;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) {
            if (number[k] == number[i])
                return vjp_fail(error, VJP_ERR_USAGE,
                                "--threads %s: %" PRId64 " stands there twice", text, number[i]);
        }
    }
    for (int i = 0; i < n; i++)
        threads[i] = (int)number[i];
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
