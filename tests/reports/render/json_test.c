/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/json.h"

#include "tests/reports/render/fixture.h"

#include <jansson.h>
#include <math.h>

/* A sink that writes to memory. */
static struct vjp_sink make_sink(struct capture *capture)
{
    capture_begin(capture);
    return (struct vjp_sink){.file = capture->file, .path = (char *)"memory"};
}

/* Parses the one line that was written. */
static json_t *parse_line(struct capture *capture)
{
    json_error_t error;
    const char *text = capture_end(capture);
    cr_assert_eq(strchr(text, '\n'), text + strlen(text) - 1, "not one line: %s", text);
    json_t *json = json_loads(text, 0, &error);
    cr_assert_not_null(json, "%s: %s", error.text, text);
    free(capture->text);
    return json;
}

static const char *string_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    cr_assert_not_null(text, "%s is no string", key);
    return text;
}

static json_int_t integer_of(const json_t *json, const char *key)
{
    cr_assert(json_is_integer(json_object_get(json, key)), "%s is no integer", key);
    return json_integer_value(json_object_get(json, key));
}

Test(json, the_header_keeps_all_64_bits_of_the_seed)
{
    const char *const targets[] = {"naive:linear", "./a b.so:k"};
    const struct vjp_run_header header = {.version = "1.2.3",
                                          .seed = UINT64_MAX,
                                          .cases = 7,
                                          .checks = 12,
                                          .n_targets = 2,
                                          .targets = targets};
    struct capture capture;
    struct vjp_sink sink = make_sink(&capture);
    struct vjp_error error;
    cr_assert_eq(vjp_json_write_header(&sink, &header, &error), VJP_OK);
    json_t *json = parse_line(&capture);
    cr_expect_str_eq(string_of(json, "type"), "header");
    cr_expect_str_eq(string_of(json, "version"), "1.2.3");
    cr_expect_str_eq(string_of(json, "seed"), "0xffffffffffffffff");
    cr_expect_eq(integer_of(json, "cases"), 7);
    cr_expect_eq(integer_of(json, "checks"), 12);
    const json_t *list = json_object_get(json, "targets");
    cr_expect_eq(json_array_size(list), 2);
    cr_expect_str_eq(json_string_value(json_array_get(list, 1)), "./a b.so:k");
    json_decref(json);
}

Test(json, a_record_keeps_what_json_has_no_number_for)
{
    struct vjp_record record = make_record("plug:kern", "f32", VJP_VERDICT_WRONG, 3);
    record.gradient[0].worst_ulp = INFINITY;
    record.gradient[0].worst_ratio = NAN;
    record.gradient[0].outside = 1;
    record.reason = "it said \"no\"\n\x1b\xff";
    struct capture capture;
    struct vjp_sink sink = make_sink(&capture);
    struct vjp_error error;
    cr_assert_eq(vjp_json_write_record(&sink, &record, &error), VJP_OK);
    json_t *json = parse_line(&capture);
    cr_expect_str_eq(string_of(json, "type"), "check");
    cr_expect_str_eq(string_of(json, "case"), "linear dtype=f32 N=1 D=1 M=1");
    cr_expect_str_eq(string_of(json, "target"), "plug:kern");
    cr_expect_str_eq(string_of(json, "plugin"), "plug");
    cr_expect_str_eq(string_of(json, "kernel"), "kern");
    cr_expect_str_eq(string_of(json, "layer"), "linear");
    cr_expect_str_eq(string_of(json, "dtype"), "f32");
    cr_expect_str_eq(string_of(json, "verdict"), "wrong");
    cr_expect_str_eq(string_of(json, "reason"), "it said \"no\"\n\x1b\xef\xbf\xbd");
    cr_expect_str_eq(string_of(json, "replay"), record.replay);
    const json_t *dx = json_object_get(json_object_get(json, "gradients"), "dx");
    cr_expect_eq(integer_of(dx, "count"), 2);
    cr_expect_eq(integer_of(dx, "compared"), 2);
    cr_expect_eq(integer_of(dx, "correct"), 1);
    cr_expect_eq(integer_of(dx, "outside"), 1);
    cr_expect_str_eq(string_of(dx, "worst_ulp"), "inf");
    cr_expect_str_eq(string_of(dx, "worst_ratio"), "nan");
    cr_expect_eq(json_real_value(json_object_get(dx, "worst_backward")), 1e-8);
    cr_expect(json_is_false(json_object_get(dx, "trivial")));
    json_decref(json);
}

Test(json, the_summary_counts_every_verdict)
{
    struct vjp_totals totals = {.checks = 12, .not_run = 2, .left_out = 3};
    totals.verdict[VJP_VERDICT_EXACT] = 4;
    totals.verdict[VJP_VERDICT_HUNG] = 3;
    struct capture capture;
    struct vjp_sink sink = make_sink(&capture);
    struct vjp_error error;
    cr_assert_eq(vjp_json_write_summary(&sink, &totals, 1.5, &error), VJP_OK);
    json_t *json = parse_line(&capture);
    cr_expect_str_eq(string_of(json, "type"), "summary");
    cr_expect_eq(integer_of(json, "checks"), 12);
    cr_expect_eq(integer_of(json, "failed"), 3);
    cr_expect_eq(integer_of(json, "not_run"), 2);
    cr_expect_eq(integer_of(json, "left_out"), 3);
    const json_t *verdicts = json_object_get(json, "verdicts");
    cr_expect_eq(json_object_size(verdicts), VJP_VERDICT_COUNT);
    cr_expect_eq(integer_of(verdicts, "exact"), 4);
    cr_expect_eq(integer_of(verdicts, "hung"), 3);
    cr_expect_eq(integer_of(verdicts, "pass"), 0);
    cr_expect_eq(json_real_value(json_object_get(json, "seconds")), 1.5);
    json_decref(json);
}
