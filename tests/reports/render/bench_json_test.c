/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/bench_json.h"

#include "tests/reports/render/fixture.h"

#include <math.h>
#include <unistd.h>

static const struct vjp_bench_result result = {
    .line = "linear dtype=f32 N=1 D=1 M=1",
    .target = "./a b.so:k",
    .plugin = "plug",
    .version = "1.2",
    .cpu = "CPU \xff",
    .threads = 2,
    .verdict = "pass",
    .reason = "",
    .replay = "vjpcheck run",
    .timed = true,
    .calls = 90,
    .time = {.n = 9, .median = 0.5, .q1 = 0.25, .q3 = 0.75, .low = NAN, .high = NAN},
    .flops = 4,
    .bytes = 8,
    .peak = 16,
    .peak_name = "AVX2 FMA f32",
    .bandwidth = 64,
    .noise = 0.5};

static char *write_result(const struct vjp_bench_result *r)
{
    struct capture capture;
    struct vjp_error error;
    capture_begin(&capture);
    struct vjp_sink sink = {.file = capture.file, .path = (char *)"memory"};
    cr_assert_eq(vjp_bench_json_write(&sink, r, &error), VJP_OK);
    capture_end(&capture);
    return capture.text;
}

Test(bench_json, a_line_has_all_that_is_known)
{
    char *text = write_result(&result);
    cr_expect_str_eq(
        text, "{\"type\":\"bench\",\"case\":\"linear dtype=f32 N=1 D=1 M=1\","
              "\"kernel\":\"./a b.so:k\",\"plugin\":\"plug\",\"version\":\"1.2\",\"threads\":2,"
              "\"cpu\":\"CPU \xef\xbf\xbd\",\"verdict\":\"pass\",\"reason\":\"\","
              "\"replay\":\"vjpcheck run\",\"timed\":true,\"above_peak\":false,\"calls\":90,"
              "\"seconds\":{\"n\":9,\"median\":0.5,\"q1\":0.25,\"q3\":0.75,\"low\":\"nan\","
              "\"high\":\"nan\"},\"flops\":4.0,\"bytes\":8.0,\"intensity\":0.5,"
              "\"flop_per_second\":8.0,\"bytes_per_second\":16.0,\"peak\":16.0,"
              "\"peak_name\":\"AVX2 FMA f32\",\"of_peak\":0.5,\"bandwidth\":64.0,\"of_roof\":0.5,"
              "\"noise\":0.5,\"note\":\"machine too noisy: fixed work took times that spread by "
              "50.0 % (limit 10 %)\"}\n");
    free(text);
}

Test(bench_json, a_stream_begins_with_the_options_and_ends_with_the_counts)
{
    static const int threads[] = {1, 2};
    static const char *const kernels[] = {"naive:linear"};
    const struct vjp_bench_header header = {.version = "1.2",
                                            .cpu = "CPU",
                                            .seconds = 0.25,
                                            .timeout = 60,
                                            .against = "blocked",
                                            .shapes = "s.cases",
                                            .sizes = "1,7",
                                            .apart = true,
                                            .threads = threads,
                                            .n_threads = 2,
                                            .targets = kernels,
                                            .n_targets = 1};
    const struct vjp_bench_skip skip = {
        .kind = VJP_SKIP_UNSUPPORTED, .line = (char *)"relu", .reason = "why"};
    const struct vjp_bench_totals totals = {
        .results = 3, .timed = 2, .failed = 1, .skipped = 4, .seconds = 0.5};
    struct capture capture;
    struct vjp_error error;
    capture_begin(&capture);
    struct vjp_sink sink = {.file = capture.file, .path = (char *)"memory"};
    cr_assert_eq(vjp_bench_json_header(&sink, &header, &error), VJP_OK);
    cr_assert_eq(vjp_bench_json_skip(&sink, &skip, &error), VJP_OK);
    cr_assert_eq(vjp_bench_json_summary(&sink, &totals, &error), VJP_OK);
    cr_expect_str_eq(
        capture_end(&capture),
        "{\"type\":\"bench_header\",\"format\":1,\"version\":\"1.2\",\"cpu\":\"CPU\",\"time\":0.25,"
        "\"timeout\":60.0,\"against\":\"blocked\",\"layer\":\"\",\"shapes\":\"s.cases\","
        "\"sizes\":\"1,7\",\"apart\":true,\"threads\":[1,2],\"targets\":[\"naive:linear\"]}\n"
        "{\"type\":\"bench_skip\",\"case\":\"relu\",\"status\":\"unsupported\",\"reason\":\"why\"}"
        "\n"
        "{\"type\":\"bench_summary\",\"results\":3,\"timed\":2,\"failed\":1,\"skipped\":4,"
        "\"seconds\":0.5}\n");
    free(capture.text);
}

Test(bench_json, without_a_number_there_are_no_times_and_with_a_peer_there_is_a_ratio)
{
    struct vjp_bench_result r = result;
    r.against = "naive:linear";
    r.ratio = (struct vjp_sample){.n = 9, .median = 2, .q1 = 1, .q3 = 3, .low = 1, .high = 3};
    char *text = write_result(&r);
    cr_expect_not_null(strstr(text,
                              "\"against\":\"naive:linear\",\"ratio\":{\"n\":9,\"median\":2.0,"
                              "\"q1\":1.0,\"q3\":3.0,\"low\":1.0,\"high\":3.0}"),
                       "%s", text);
    free(text);
    r.timed = false;
    text = write_result(&r);
    cr_expect_not_null(strstr(text, "\"timed\":false,\"above_peak\":false}\n"), "%s", text);
    free(text);
}

/* Writes bytes to a file and reads that. */
static enum vjp_status read_bytes(const char *bytes, size_t size, struct vjp_bench_file *out,
                                  struct vjp_error *error)
{
    char path[] = "/tmp/vjpcheck-test-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
    const enum vjp_status status = vjp_bench_json_read(path, out, error);
    unlink(path);
    return status;
}

static enum vjp_status read_text(const char *text, struct vjp_bench_file *out,
                                 struct vjp_error *error)
{
    return read_bytes(text, strlen(text), out, error);
}

#define START  "{\"type\":\"bench_header\",\"format\":1}\n"
#define END(n) "{\"type\":\"bench_summary\",\"results\":" #n "}\n"

Test(bench_json, what_was_written_is_read)
{
    struct vjp_bench_file file;
    struct vjp_error error = {""};
    struct vjp_bench_result wrong = result;
    wrong.timed = false;
    wrong.verdict = "wrong";
    wrong.above_peak = true;
    char *one = write_result(&result);
    char *two = write_result(&wrong);
    char text[4096];
    snprintf(text, sizeof text, START "%s{\"type\":\"other\"}\n%s" END(2), one, two);
    cr_assert_eq(read_text(text, &file, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(file.count, 2);
    const struct vjp_bench_result *r = &file.result[0];
    cr_expect_str_eq(r->line, result.line);
    cr_expect_str_eq(r->target, result.target);
    cr_expect_str_eq(r->version, "1.2");
    cr_expect(r->timed && r->threads == 2 && r->flops == 4 && r->peak == 16);
    cr_expect(r->time.n == 9 && r->time.median == 0.5 && r->time.q1 == 0.25 && r->time.q3 == 0.75);
    cr_expect(isnan(r->time.low) && isnan(r->time.high));
    cr_expect_not(file.result[1].timed);
    cr_expect(!r->above_peak && file.result[1].above_peak);
    cr_expect_str_eq(file.result[1].verdict, "wrong");
    vjp_bench_file_clear(&file);
    free(one);
    free(two);
}

#define HEAD                                                                                       \
    START "{\"type\":\"bench\",\"case\":\"c\",\"kernel\":\"k\",\"version\":\"\",\"verdict\":"      \
          "\"pass\","                                                                              \
          "\"cpu\":\"x\",\"above_peak\":false,"

Test(bench_json, what_cannot_be_compared_is_refused)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", ": empty: expected what \"bench --json\" wrote"},
        {"{\"type\":\"header\"}\n", ":1: no line of type \"bench_header\": expected what \"bench "},
        {"{}\n", ":1: no line of type \"bench_header\""},
        {"{\"type\":\"oracle_ratio\"}\n",
         ": what \"bench oracle\" wrote: its ratios stand beside goals, and are not compared"},
        {"{\"type\":\"bench_header\",\"format\":2}\n",
         ": \"format\" is 2, expected 1: another version of vjpcheck wrote it"},
        {"{\"type\":\"bench_header\"}\n", ": \"format\" is 0, expected 1"},
        {START, ": cut off: expected a line of type \"bench_summary\" at its end"},
        {START END(0), ": there is no result in it"},
        {START END(1), ":2: the summary counts 1 results, the file has 0"},
        {START END(0) END(0), ":3: there is more after the summary"},
        {START "{\"type\":\"other\"}\nnonsense\n", ":3: expected a JSON object: "},
        {"[1]\n", ":1: expected a JSON object: something else"},
        {START "{\"type\":\"bench\"}\n", ":2: \"case\": expected a text"},
        {HEAD "\"timed\":true}\n", ":2: \"threads\": expected a whole number"},
        {HEAD "\"threads\":0,\"timed\":true}\n", ":2: \"threads\": expected a whole number"},
        {HEAD "\"threads\":4294967297,\"timed\":true}\n",
         ":2: \"threads\": expected a whole number"},
        {HEAD "\"threads\":1}\n", ":2: \"timed\": expected true or false"},
        {HEAD "\"threads\":1,\"timed\":true}\n", ":2: \"median\": expected a number above 0"},
        {HEAD "\"threads\":1,\"timed\":true,\"seconds\":{\"median\":0}}\n",
         ":2: \"median\": expected a number above 0"},
        {HEAD "\"threads\":1,\"timed\":true,\"seconds\":{\"median\":\"nan\"}}\n",
         ":2: \"median\": expected a number above 0"},
        {HEAD "\"threads\":1,\"timed\":true,\"seconds\":{\"median\":1,\"q1\":1,\"q3\":1,"
              "\"low\":\"inf\"}}\n",
         ":2: \"low\": expected a number above 0 or \"nan\""},
        {HEAD "\"threads\":1,\"timed\":true,\"peak\":1,\"flops\":-1,\"seconds\":{\"median\":1,"
              "\"q1\":1,\"q3\":1,\"low\":1,\"high\":1}}\n",
         ":2: \"flops\": expected a number from 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vjp_bench_file file;
        struct vjp_error error = {""};
        cr_expect_eq(read_text(cases[i].text, &file, &error), VJP_ERR_USAGE, "%s", cases[i].text);
        cr_expect_not_null(strstr(error.text, cases[i].message), "%s: %s", cases[i].text,
                           error.text);
    }
    struct vjp_bench_file file;
    struct vjp_error error;
    cr_expect_eq(vjp_bench_json_read("/nowhere/f", &file, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "/nowhere/f: No such file or directory");
}

/* A file may hold any bytes, and its reader may be a terminal. */
Test(bench_json, a_message_shows_no_control_characters)
{
    struct vjp_bench_file file;
    struct vjp_error error = {""};
    cr_expect_eq(read_text(START "\033[2J\n", &file, &error), VJP_ERR_USAGE);
    cr_expect_not_null(
        strstr(error.text, ":2: expected a JSON object: '[' or '{' expected near '?"), "%s",
        error.text);
}

Test(bench_json, what_stands_behind_a_nul_is_read)
{
    static const char text[] = START "{\"type\":\"other\"}\0nonsense\n" END(0);
    struct vjp_bench_file file;
    struct vjp_error error = {""};
    cr_expect_eq(read_bytes(text, sizeof text - 1, &file, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, ":2: expected a JSON object: "), "%s", error.text);
}
