/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/junit.h"

#include "reports/render/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct vjp_junit_suite *find_suite(struct vjp_junit *junit, const char *target,
                                          const char *dtype)
{
    for (int i = 0; i < junit->n_suites; i++) {
        struct vjp_junit_suite *suite = &junit->suites[i];
        if (strcmp(suite->target, target) == 0 && strcmp(suite->dtype, dtype) == 0)
            return suite;
    }
    return NULL;
}

/* NULL where memory has ended. */
static struct vjp_junit_suite *add_suite(struct vjp_junit *junit, const char *target,
                                         const char *dtype)
{
    struct vjp_junit_suite *suites =
        realloc(junit->suites, ((size_t)junit->n_suites + 1) * sizeof *suites);
    if (!suites)
        return NULL;
    junit->suites = suites;
    struct vjp_junit_suite *suite = &suites[junit->n_suites];
    *suite = (struct vjp_junit_suite){.target = strdup(target), .dtype = strdup(dtype)};
    if (!suite->target || !suite->dtype) {
        free(suite->target);
        free(suite->dtype);
        return NULL;
    }
    junit->n_suites++;
    return suite;
}

/* Adds name="value". */
static void add_attribute(struct vjp_text *out, const char *name, const char *value)
{
    vjp_text_add(out, " %s=\"", name);
    vjp_escape_xml(out, value);
    vjp_text_add(out, "\"");
}

static void add_testcase(struct vjp_text *out, const struct vjp_record *record)
{
    const char *verdict = vjp_record_verdict(record);
    vjp_text_add(out, "    <testcase");
    add_attribute(out, "classname", record->target);
    add_attribute(out, "name", record->line);
    if (record->ran && vjp_verdict_is_success(record->verdict)) {
        vjp_text_add(out, "/>\n");
        return;
    }
    const bool failed = record->ran && vjp_verdict_is_failure(record->verdict);
    vjp_text_add(out, ">\n      <%s", failed ? "failure" : "skipped");
    if (failed)
        add_attribute(out, "type", verdict);
    struct vjp_text message = {0};
    vjp_text_add(&message, "%s%s%s", verdict, record->reason[0] ? ": " : "", record->reason);
    out->failed = out->failed || message.failed;
    if (!message.failed)
        add_attribute(out, "message", message.data);
    vjp_text_clear(&message);
    if (failed) {
        vjp_text_add(out, ">");
        vjp_escape_xml(out, record->reason);
        vjp_text_add(out, "\n");
        vjp_escape_xml(out, record->replay);
        vjp_text_add(out, "\n</failure>\n    </testcase>\n");
    } else {
        vjp_text_add(out, "/>\n    </testcase>\n");
    }
}

enum vjp_status vjp_junit_add(struct vjp_junit *junit, const struct vjp_record *record,
                              struct vjp_error *error)
{
    struct vjp_junit_suite *suite = find_suite(junit, record->target, record->dtype);
    if (!suite)
        suite = add_suite(junit, record->target, record->dtype);
    if (!suite)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    vjp_totals_add(&suite->totals, record);
    add_testcase(&suite->cases, record);
    return suite->cases.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory") : VJP_OK;
}

/* The common schema has no count of skipped ones for all suites together. */
static void add_counts(struct vjp_text *out, const struct vjp_totals *totals, bool of_suite)
{
    vjp_text_add(out, " tests=\"%" PRId64 "\" failures=\"%" PRId64 "\" errors=\"0\"",
                 totals->checks, vjp_totals_failed(totals));
    if (of_suite)
        vjp_text_add(out, " skipped=\"%" PRId64 "\"",
                     totals->checks - vjp_totals_conclusive(totals));
}

static struct vjp_totals sum_totals(const struct vjp_junit *junit)
{
    struct vjp_totals sum = {0};
    for (int i = 0; i < junit->n_suites; i++) {
        const struct vjp_totals *totals = &junit->suites[i].totals;
        sum.checks += totals->checks;
        sum.not_run += totals->not_run;
        sum.left_out += totals->left_out;
        for (int v = 0; v < VJP_VERDICT_COUNT; v++)
            sum.verdict[v] += totals->verdict[v];
    }
    return sum;
}

enum vjp_status vjp_junit_write(const struct vjp_junit *junit, double seconds,
                                struct vjp_sink *sink, struct vjp_error *error)
{
    struct vjp_text out = {0};
    const struct vjp_totals totals = sum_totals(junit);
    vjp_text_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<testsuites name=\"vjpcheck\"");
    add_counts(&out, &totals, false);
    vjp_text_add(&out, " time=\"%.3f\">\n", seconds);
    for (int i = 0; i < junit->n_suites; i++) {
        const struct vjp_junit_suite *suite = &junit->suites[i];
        struct vjp_text name = {0};
        vjp_text_add(&name, "%s %s", suite->target, suite->dtype);
        vjp_text_add(&out, "  <testsuite");
        out.failed = out.failed || name.failed;
        if (!name.failed)
            add_attribute(&out, "name", name.data);
        vjp_text_clear(&name);
        add_counts(&out, &suite->totals, true);
        vjp_text_add(&out, ">\n%s  </testsuite>\n", suite->cases.data);
    }
    vjp_text_add(&out, "</testsuites>\n");
    const enum vjp_status status = out.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                              : vjp_sink_write(sink, out.data, error);
    vjp_text_clear(&out);
    return status;
}

void vjp_junit_clear(struct vjp_junit *junit)
{
    for (int i = 0; i < junit->n_suites; i++) {
        free(junit->suites[i].target);
        free(junit->suites[i].dtype);
        vjp_text_clear(&junit->suites[i].cases);
    }
    free(junit->suites);
    *junit = (struct vjp_junit){0};
}
