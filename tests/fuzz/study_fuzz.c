/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What studies keep between runs, as a study that goes on reads it, line by line: points, orders and rulings. What is read
 * can be counted and printed, a point and a ruling that are written again read the same, and what is refused is told on one
 * line. */
#include "reports/render/order_json.h"
#include "reports/render/ruling_json.h"
#include "reports/render/study_json.h"
#include "tests/fuzz/memory.h"

static char *write_point(const struct vjp_study_point *point)
{
    struct fuzz_memory memory;
    struct vjp_error error = {""};
    fuzz_memory_open(&memory);
    FUZZ_EXPECT(vjp_study_point_write(&memory.sink, point, &error) == VJP_OK, "%s", error.text);
    return fuzz_memory_close(&memory);
}

static void check_points(const char *line)
{
    struct vjp_study_table table = {0}, again = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_study_table_add(&table, line, &error);
    if (status != VJP_OK)
        fuzz_expect_refused(status, &error);
    FUZZ_EXPECT(table.count <= (status == VJP_OK), "%ld points", (long)table.count);
    const struct vjp_study_totals totals = vjp_study_table_count(&table);
    FUZZ_EXPECT(totals.points + totals.gaps == table.count, "points and gaps");
    if (table.count == 1) {
        char *text = write_point(&table.point[0]);
        FUZZ_EXPECT(vjp_study_table_add(&again, text, &error) == VJP_OK && again.count == 1,
                    "%s: %s", text, error.text);
        char *twice = write_point(&again.point[0]);
        FUZZ_EXPECT(strcmp(text, twice) == 0, "%s%s", text, twice);
        free(text);
        free(twice);
    }
    vjp_study_table_clear(&table);
    vjp_study_table_clear(&again);
}

static void check_orders(const char *line)
{
    struct vjp_order_table table = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_order_table_add(&table, line, &error);
    if (status != VJP_OK)
        fuzz_expect_refused(status, &error);
    FUZZ_EXPECT(table.count <= (status == VJP_OK), "%ld orders", (long)table.count);
    if (table.count == 1) {
        const struct vjp_order_known *k = &table.known[0];
        struct fuzz_memory memory;
        FUZZ_EXPECT(vjp_order_table_find(&table, k->kernel, k->line, k->gradient) == k, "a find");
        fuzz_memory_open(&memory);
        vjp_order_csv_print(&table, memory.sink.file);
        char *text = fuzz_memory_close(&memory);
        FUZZ_EXPECT(strchr(text, '\n') && text[strlen(text) - 1] == '\n', "%s", text);
        free(text);
    }
    vjp_order_table_clear(&table);
}

static char *write_ruling(const struct vjp_ruling *ruling)
{
    struct fuzz_memory memory;
    struct vjp_error error = {""};
    fuzz_memory_open(&memory);
    FUZZ_EXPECT(vjp_ruling_write(&memory.sink, ruling, &error) == VJP_OK, "%s", error.text);
    return fuzz_memory_close(&memory);
}

static void check_rulings(const char *line)
{
    struct vjp_ruling_table table = {0}, again = {0};
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_ruling_table_add(&table, line, &error);
    if (status != VJP_OK)
        fuzz_expect_refused(status, &error);
    FUZZ_EXPECT(table.count <= (status == VJP_OK), "%ld rulings", (long)table.count);
    if (table.count == 1) {
        const struct vjp_ruling_totals t = vjp_ruling_table_count(&table);
        FUZZ_EXPECT(t.right + t.defects + t.silent == table.ruling[0].count, "answers");
        char *text = write_ruling(&table.ruling[0]);
        FUZZ_EXPECT(vjp_ruling_table_add(&again, text, &error) == VJP_OK && again.count == 1,
                    "%s: %s", text, error.text);
        char *twice = write_ruling(&again.ruling[0]);
        FUZZ_EXPECT(strcmp(text, twice) == 0, "%s%s", text, twice);
        free(text);
        free(twice);
    }
    vjp_ruling_table_clear(&table);
    vjp_ruling_table_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line == '\0')
            continue;
        check_points(line);
        check_orders(line);
        check_rulings(line);
    }
    free(text);
    return 0;
}
