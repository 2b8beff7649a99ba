/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/sarif.h"

#include "tests/reports/render/outputs.h"

#include <jansson.h>

static json_t *run_of(json_t *log)
{
    return json_array_get(json_object_get(log, "runs"), 0);
}

static json_t *write_log(const struct vjp_sarif *sarif)
{
    struct vjp_sink sink = {0};
    struct vjp_error error;
    char path[] = "/tmp/vjpcheck-sarif-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK);
    cr_assert_eq(vjp_sarif_write(sarif, "1", &sink, &error), VJP_OK);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK);
    vjp_sink_clear(&sink);
    json_t *log = json_load_file(path, 0, NULL);
    cr_assert_not_null(log);
    remove(path);
    return log;
}

static const char *fingerprint(json_t *log, size_t i)
{
    json_t *result = json_array_get(json_object_get(run_of(log), "results"), i);
    return json_string_value(
        json_object_get(json_object_get(result, "partialFingerprints"), "kernelVerdictCase/v1"));
}

/* A finding is known again where numbers and folders are others, and not for another case. */
Test(sarif, fingerprints_are_of_kernel_verdict_and_case)
{
    struct vjp_sarif sarif = {0};
    struct vjp_error error;
    struct vjp_record record = make_record("./x.so:k", "f32", VJP_VERDICT_WRONG, 1);
    cr_assert_eq(vjp_sarif_add(&sarif, &record, &error), VJP_OK);
    record.target = "/elsewhere/x.so:k";
    record.reason = "other numbers";
    cr_assert_eq(vjp_sarif_add(&sarif, &record, &error), VJP_OK);
    record.line = "another case";
    cr_assert_eq(vjp_sarif_add(&sarif, &record, &error), VJP_OK);
    record.verdict = VJP_VERDICT_EXACT;
    cr_assert_eq(vjp_sarif_add(&sarif, &record, &error), VJP_OK);
    json_t *log = write_log(&sarif);
    cr_assert_eq(json_array_size(json_object_get(run_of(log), "results")), 3);
    cr_expect_str_eq(fingerprint(log, 0), fingerprint(log, 1));
    cr_expect_str_neq(fingerprint(log, 0), fingerprint(log, 2));
    json_decref(log);
    vjp_sarif_clear(&sarif);
}

Test(sarif, beyond_the_limit_results_are_counted)
{
    struct vjp_sarif sarif = {.count = VJP_SARIF_RESULTS_MAX};
    struct vjp_error error;
    const struct vjp_record record = make_record("x:k", "f32", VJP_VERDICT_HUNG, 1);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(vjp_sarif_add(&sarif, &record, &error), VJP_OK);
    json_t *log = write_log(&sarif);
    char *text = json_dumps(log, 0);
    expect_in(text, "2 further failures are left out: a log holds 25000");
    cr_expect_eq(json_array_size(json_object_get(run_of(log), "results")), 0);
    free(text);
    json_decref(log);
    vjp_sarif_clear(&sarif);
}

Test(sarif, hostile_names_are_data)
{
    char *text = render(VJP_RENDER_SARIF, NULL);
    json_t *log = json_loads(text, 0, NULL);
    cr_assert_not_null(log, "%s", text);
    json_t *result = json_array_get(json_object_get(run_of(log), "results"), 0);
    cr_expect_str_eq(json_string_value(json_object_get(result, "ruleId")), "vjpcheck/wrong");
    expect_in(text, "\"uri\":\"./a%20b.so");
    json_decref(log);
    free(text);
}

Test(sarif, the_file_of_a_target)
{
    static const struct {
        const char *target, *file;
    } table[] = {{"naive:linear", "naive"},
                 {"./a b.so:k", "./a b.so"},
                 {"/x:y/a.so", "/x:y/a.so"},
                 {"plain", "plain"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[64];
        cr_expect_str_eq(vjp_sarif_file(table[i].target, text, sizeof text), table[i].file);
    }
}
