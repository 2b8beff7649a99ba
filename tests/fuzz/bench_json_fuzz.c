/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "bench --json" wrote, as "bench --compare" reads it: results that are read are whole, compared with
 * themselves nothing has changed, and they read the same when they are written again; a failure names the file. */
#include <math.h>

#include "reports/bench/compare.h"
#include "reports/render/bench_json.h"
#include "tests/fuzz/memory.h"

static void check_result(const struct vjp_bench_result *r)
{
    FUZZ_EXPECT(r->line && r->target && r->version && r->verdict && r->cpu, "a text is missing");
    if (!r->timed)
        return;
    FUZZ_EXPECT(isfinite(r->time.median) && r->time.median > 0, "median %g", r->time.median);
    FUZZ_EXPECT(isfinite(r->time.q1) && isfinite(r->time.q3), "%g, %g", r->time.q1, r->time.q3);
    FUZZ_EXPECT(!(r->time.low <= 0) && !(r->time.high <= 0), "%g, %g", r->time.low, r->time.high);
    FUZZ_EXPECT(isfinite(r->flops) && r->flops >= 0, "flops %g", r->flops);
}

static void check_comparison(const struct vjp_bench_file *results)
{
    struct vjp_comparison *comparison = NULL;
    struct vjp_error error = {""};
    size_t count = 0;
    const enum vjp_status status = vjp_compare(results->result, results->count, results->result,
                                               results->count, &comparison, &count, &error);
    if (status != VJP_OK) {
        fuzz_expect_refused(status, &error); /* two of the same */
        return;
    }
    FUZZ_EXPECT(count == results->count, "%zu of %zu", count, results->count);
    for (size_t i = 0; i < count; i++) {
        const struct vjp_comparison *c = &comparison[i];
        FUZZ_EXPECT(c->before == c->after, "result %zu", i);
        FUZZ_EXPECT(!c->before->timed || c->ratio == 1, "ratio %g", c->ratio);
        FUZZ_EXPECT(!vjp_comparison_is_below(c, 1), "result %zu", i);
    }
    free(comparison);
}

/* A stream of the results, between a header and a summary. */
static char *write_results(const struct vjp_bench_file *results)
{
    const struct vjp_bench_header header = {.version = "1", .cpu = "CPU"};
    const struct vjp_bench_totals totals = {.results = (int64_t)results->count};
    struct fuzz_memory memory;
    struct vjp_error error = {""};
    fuzz_memory_open(&memory);
    enum vjp_status status = vjp_bench_json_header(&memory.sink, &header, &error);
    for (size_t i = 0; i < results->count && status == VJP_OK; i++)
        status = vjp_bench_json_write(&memory.sink, &results->result[i], &error);
    if (status == VJP_OK)
        status = vjp_bench_json_summary(&memory.sink, &totals, &error);
    FUZZ_EXPECT(status == VJP_OK, "%s", error.text);
    return fuzz_memory_close(&memory);
}

static void check_again(const struct fuzz_file *file, const struct vjp_bench_file *results)
{
    struct vjp_bench_file again = {0};
    struct vjp_error error = {""};
    char *text = write_results(results);
    fuzz_file_set(file, text, strlen(text));
    FUZZ_EXPECT(vjp_bench_json_read(file->path, &again, &error) == VJP_OK, "%s: %s", text,
                error.text);
    char *twice = write_results(&again);
    FUZZ_EXPECT(strcmp(text, twice) == 0, "%s%s", text, twice);
    vjp_bench_file_clear(&again);
    free(text);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file file = {.fd = -1};
    struct vjp_bench_file results = {0};
    struct vjp_error error = {""};
    if (file.fd < 0)
        fuzz_file_open(&file);
    fuzz_file_set(&file, data, size);
    const enum vjp_status status = vjp_bench_json_read(file.path, &results, &error);
    if (status == VJP_OK) {
        FUZZ_EXPECT(results.count > 0, "no result");
        for (size_t i = 0; i < results.count; i++)
            check_result(&results.result[i]);
        check_comparison(&results);
        check_again(&file, &results);
    } else {
        fuzz_expect_refused(status, &error);
        FUZZ_EXPECT(strncmp(error.text, file.path, strlen(file.path)) == 0, "%s", error.text);
    }
    vjp_bench_file_clear(&results);
    return 0;
}
