/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A baseline as "check --baseline" reads it: its rows are sorted and whole, nothing has changed where it is compared with
 * itself, and it reads the same when it is written again; a failure names the file. */
#include "reports/render/baseline.h"
#include "tests/fuzz/memory.h"

/* A file that can be replaced, as one in memory cannot; removed when the process ends. */
static char folder[64], path[80];

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static void make_folder(void)
{
    strcpy(folder, "/tmp/vjpcheck-fuzz-XXXXXX");
    FUZZ_EXPECT(mkdtemp(folder), "no folder");
    snprintf(path, sizeof path, "%s/baseline", folder);
    atexit(remove_folder);
}

/* Whatever is told of the change from a to b. */
static void expect_told(const struct vjp_baseline *a, const struct vjp_baseline *b)
{
    struct fuzz_memory memory;
    int skipped = -1;
    fuzz_memory_open(&memory);
    const int changes = vjp_baseline_compare(a, b, memory.sink.file, &skipped);
    char *text = fuzz_memory_close(&memory);
    FUZZ_EXPECT(changes + skipped >= (a->count != b->count), "%d, %d", changes, skipped);
    fuzz_expect_printable(text);
    free(text);
}

/* Each row against the next one, as if both were of one kernel. */
static void compare_others(const struct vjp_baseline *baseline)
{
    const struct vjp_baseline none = {0};
    expect_told(baseline, &none);
    expect_told(&none, baseline);
    for (int i = 1; i < baseline->count; i++) {
        struct vjp_baseline_row row = baseline->row[i];
        const struct vjp_baseline before = {.row = &baseline->row[i - 1], .count = 1},
                                  now = {.row = &row, .count = 1};
        row.kernel = before.row->kernel;
        row.dtype = before.row->dtype;
        expect_told(&before, &now);
        row.asked = before.row->asked;
        row.layer = before.row->layer;
        row.skipped = row.tree;
        expect_told(&before, &now);
    }
}

static void expect_same(const struct vjp_baseline *a, const struct vjp_baseline *b)
{
    struct fuzz_memory memory;
    int skipped = -1;
    fuzz_memory_open(&memory);
    const int changes = vjp_baseline_compare(a, b, memory.sink.file, &skipped);
    char *text = fuzz_memory_close(&memory);
    FUZZ_EXPECT(changes == 0 && skipped == 0, "%d, %d: %s", changes, skipped, text);
    free(text);
}

static void check_rows(const struct vjp_baseline *baseline)
{
    for (int i = 0; i < baseline->count; i++) {
        const struct vjp_baseline_row *r = &baseline->row[i];
        int64_t sum = r->totals.not_run + r->totals.left_out;
        for (int v = 0; v < VJP_VERDICT_COUNT; v++)
            sum += r->totals.verdict[v];
        FUZZ_EXPECT(r->kernel && r->layer && r->dtype && r->tree, "a text");
        FUZZ_EXPECT(i == 0 || vjp_baseline_order(r - 1, r) < 0, "row %d", i);
        FUZZ_EXPECT(r->totals.checks == sum && sum >= 0, "row %d", i);
        FUZZ_EXPECT(!(r->ratio < 0) || r->ratio == -1, "row %d: %g", i, r->ratio);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_file file = {.fd = -1};
    struct vjp_baseline baseline = {0}, again = {0};
    struct vjp_error error = {""};
    if (file.fd < 0) {
        fuzz_file_open(&file);
        make_folder();
    }
    fuzz_file_set(&file, data, size);
    const enum vjp_status status = vjp_baseline_read(file.path, &baseline, &error);
    if (status == VJP_OK) {
        check_rows(&baseline);
        compare_others(&baseline);
        expect_same(&baseline, &baseline);
        FUZZ_EXPECT(vjp_baseline_write(path, &baseline, &error) == VJP_OK, "%s", error.text);
        FUZZ_EXPECT(vjp_baseline_read(path, &again, &error) == VJP_OK, "%s", error.text);
        FUZZ_EXPECT(again.count == baseline.count, "%d of %d", again.count, baseline.count);
        expect_same(&baseline, &again);
        expect_same(&again, &baseline);
    } else {
        fuzz_expect_refused(status, &error);
        FUZZ_EXPECT(strncmp(error.text, file.path, strlen(file.path)) == 0, "%s", error.text);
    }
    vjp_baseline_clear(&baseline);
    vjp_baseline_clear(&again);
    return 0;
}
