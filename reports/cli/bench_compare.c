/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_compare.h"

#include "reports/bench/compare.h"
#include "reports/cli/cli.h"
#include "reports/render/bench_json.h"
#include "reports/render/bench_text.h"

#include <stdlib.h>
#include <string.h>

/* Times of two machines are not compared by themselves; the reader is told. */
static void tell_machines(const struct vjp_bench_file *old, const struct vjp_bench_file *new)
{
    if (strcmp(old->result[0].cpu, new->result[0].cpu) != 0)
        fprintf(stderr, "vjpcheck: old is of \"%s\", new of \"%s\": compare by the peak\n",
                old->result[0].cpu, new->result[0].cpu);
}

static enum vjp_status conclude(const struct vjp_comparison *all, size_t count, double least,
                                int *code, struct vjp_error *error)
{
    int paired = 0, below = 0;
    for (size_t i = 0; i < count; i++) {
        paired += all[i].before && all[i].after;
        below += vjp_comparison_is_below(&all[i], least);
    }
    if (paired == 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "nothing to compare: no kernel and case is in both files");
    *code = VJP_EXIT_SOUND;
    if (least > 0 && below > 0) {
        printf("%d of %zu below %g, or without a number\n", below, count, least);
        *code = VJP_EXIT_FAILED;
    }
    return VJP_OK;
}

enum vjp_status vjp_bench_compare_files(const char *before, const char *after, double least,
                                        int *code, struct vjp_error *error)
{
    struct vjp_bench_file old = {0}, new = {0};
    struct vjp_comparison *all = NULL;
    size_t count = 0;
    enum vjp_status status = vjp_bench_json_read(before, &old, error);
    if (status == VJP_OK)
        status = vjp_bench_json_read(after, &new, error);
    if (status == VJP_OK)
        status = vjp_compare(old.result, old.count, new.result, new.count, &all, &count, error);
    if (status == VJP_OK) {
        tell_machines(&old, &new);
        vjp_bench_print_comparison(all, count, stdout);
        status = conclude(all, count, least, code, error);
    }
    free(all);
    vjp_bench_file_clear(&old);
    vjp_bench_file_clear(&new);
    return status;
}
