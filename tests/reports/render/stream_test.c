/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/stream.h"

#include "reports/render/json.h"
#include "tests/cases/lines.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static enum vjp_status read_line(const char *text, struct vjp_stream_line *out,
                                 struct vjp_error *error)
{
    return vjp_stream_read(text, strlen(text), out, error);
}

/* What a writer wrote, and the sink's file is then read. */
struct written {
    char path[32];
    struct vjp_sink sink;
};

static void begin(struct written *w)
{
    struct vjp_error error = {""};
    strcpy(w->path, "/tmp/vjpcheck-stream-XXXXXX");
    cr_assert_neq(mkstemp(w->path), -1);
    cr_assert_eq(vjp_sink_open(w->path, &w->sink, &error), VJP_OK, "%s", error.text);
}

static void read_back(struct written *w, struct vjp_stream_line *out)
{
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    cr_assert_eq(vjp_sink_commit(&w->sink, &error), VJP_OK);
    vjp_sink_clear(&w->sink);
    FILE *file = fopen(w->path, "r");
    const ssize_t length = getline(&text, &size, file);
    cr_assert_gt(length, 0);
    cr_assert_eq(vjp_stream_read(text, (size_t)length, out, &error), VJP_OK, "%s", error.text);
    fclose(file);
    unlink(w->path);
    free(text);
}

/* Field by field what was written. */
Test(stream, a_record_is_read_as_it_was_written)
{
    const struct vjp_record record = {.line = "linear dtype=f32 N=1 D=1 M=1",
                                      .target = "./a b.so:k",
                                      .plugin = "a",
                                      .kernel = "k",
                                      .layer = "linear",
                                      .dtype = "f32",
                                      .ran = true,
                                      .verdict = VJP_VERDICT_INACCURATE,
                                      .reason = "\"quoted\" \xc3\xa4",
                                      .replay = "vjpcheck run 'x'",
                                      .elements = 7,
                                      .n_gradients = 2,
                                      .gradient = {{.name = "dx",
                                                    .count = 5,
                                                    .compared = 4,
                                                    .correct = 3,
                                                    .outside = 1,
                                                    .excused = 2,
                                                    .unresolved = 6,
                                                    .worst_ulp = (double)INFINITY,
                                                    .worst_relative = 0.25,
                                                    .worst_backward = (double)NAN,
                                                    .worst_ratio = 1e300,
                                                    .settled = {[VJP_SETTLED_ACCUMULATOR] = 9}},
                                                   {.name = "dw", .trivial = true}}};
    struct written w;
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    begin(&w);
    cr_assert_eq(vjp_json_write_record(&w.sink, &record, &error), VJP_OK, "%s", error.text);
    read_back(&w, &line);
    const struct vjp_record *r = &line.record;
    cr_assert_eq(line.type, VJP_STREAM_CHECK);
    cr_expect_str_eq(r->line, record.line);
    cr_expect_str_eq(r->target, record.target);
    cr_expect_str_eq(r->plugin, "a");
    cr_expect_str_eq(r->kernel, "k");
    cr_expect_str_eq(r->layer, "linear");
    cr_expect_str_eq(r->dtype, "f32");
    cr_expect_str_eq(r->reason, record.reason);
    cr_expect_str_eq(r->replay, record.replay);
    cr_expect(r->ran && !r->left_out && r->verdict == VJP_VERDICT_INACCURATE && r->elements == 7);
    cr_assert_eq(r->n_gradients, 2);
    const struct vjp_record_gradient *dx = &r->gradient[strcmp(r->gradient[0].name, "dx") != 0];
    cr_expect_str_eq(dx->name, "dx");
    cr_expect(dx->count == 5 && dx->compared == 4 && dx->correct == 3 && dx->outside == 1 &&
              dx->excused == 2 && dx->unresolved == 6 && !dx->trivial);
    cr_expect(isinf(dx->worst_ulp) && dx->worst_ulp > 0 && dx->worst_relative == 0.25);
    cr_expect(isnan(dx->worst_backward) && dx->worst_ratio == 1e300);
    cr_expect(dx->settled[VJP_SETTLED_ACCUMULATOR] == 9 && dx->settled[VJP_SETTLED_FILTER] == 0);
    vjp_stream_line_clear(&line);
}

Test(stream, what_was_not_run_has_no_verdict)
{
    static const struct {
        bool ran, left_out;
    } table[] = {{false, false}, {false, true}};
    for (int i = 0; i < 2; i++) {
        const struct vjp_record record = {.line = "l",
                                          .target = "t",
                                          .plugin = "p",
                                          .kernel = "k",
                                          .layer = "linear",
                                          .dtype = "f32",
                                          .left_out = table[i].left_out,
                                          .reason = "",
                                          .replay = ""};
        struct written w;
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        begin(&w);
        cr_assert_eq(vjp_json_write_record(&w.sink, &record, &error), VJP_OK);
        read_back(&w, &line);
        cr_expect(!line.record.ran && line.record.left_out == table[i].left_out);
        vjp_stream_line_clear(&line);
    }
}

Test(stream, a_campaign_is_read_as_it_was_written)
{
    struct vjp_census census = {0};
    struct vjp_case c = parse_case("linear dtype=f32 N=5 D=9 M=300 x=exact threads=2");
    struct vjp_error error = {""};
    struct written w;
    struct vjp_stream_line line;
    cr_assert_eq(vjp_census_add(&census, &c, &error), VJP_OK);
    const struct vjp_campaign_record record = {.seed = UINT64_MAX,
                                               .shard = 2,
                                               .shards = 3,
                                               .census = &census,
                                               .replayed = 4,
                                               .discarded = 5,
                                               .seconds = 1.5};
    begin(&w);
    cr_assert_eq(vjp_campaign_write(&w.sink, &record, &error), VJP_OK);
    read_back(&w, &line);
    cr_assert_eq(line.type, VJP_STREAM_CAMPAIGN);
    const struct vjp_campaign_record *r = &line.campaign;
    cr_expect(r->seed == UINT64_MAX && r->shard == 2 && r->shards == 3 && r->replayed == 4 &&
              r->discarded == 5 && r->seconds == 1.5);
    cr_expect(line.census.cases == 1 && line.census.layout[VJP_CENSUS_THREADS] == 1);
    cr_assert_eq(line.census.n_layers, 1);
    cr_expect_eq(memcmp(&line.census.layer[0], &census.layer[0], sizeof census.layer[0]), 0);
    cr_assert_eq(line.census.n_generators, 2);
    vjp_stream_line_clear(&line);
    vjp_census_clear(&census);
    vjp_case_clear(&c);
}

Test(stream, headers_summaries_and_strangers)
{
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    cr_expect_eq(read_line("{\"type\":\"header\",\"seed\":\"0xffffffffffffffff\"}", &line, &error),
                 VJP_OK);
    cr_expect(line.type == VJP_STREAM_HEADER && line.seed == UINT64_MAX);
    vjp_stream_line_clear(&line);
    cr_expect_eq(read_line("{\"type\":\"summary\",\"seconds\":2}", &line, &error), VJP_OK);
    cr_expect(line.type == VJP_STREAM_SUMMARY && line.seconds == 2);
    vjp_stream_line_clear(&line);
    cr_expect_eq(read_line("{\"type\":\"of the future\"}", &line, &error), VJP_OK);
    cr_expect_eq(line.type, VJP_STREAM_OTHER);
    vjp_stream_line_clear(&line);
}

#define CHECK                                                                                      \
    "{\"type\":\"check\",\"case\":\"l\",\"target\":\"t\",\"plugin\":\"p\",\"kernel\":\"k\","       \
    "\"layer\":\"a\","                                                                             \
    "\"dtype\":\"f32\",\"reason\":\"\",\"replay\":\"\",\"elements\":1,"
#define GRADIENT                                                                                   \
    "\"count\":1,\"compared\":1,\"correct\":1,\"outside\":0,\"excused\":0,\"unresolved\":0,"       \
    "\"worst_ulp\":0,"                                                                             \
    "\"worst_relative\":0,\"worst_backward\":0"
#define CAMPAIGN "{\"type\":\"campaign\",\"seed\":\"0x1\","

Test(stream, what_is_wrong_is_told)
{
    static const struct {
        const char *line, *message;
    } table[] = {
        {"", "expected an object of JSON: "},
        {"[]", "expected an object of JSON"},
        {"{} x", "expected an object of JSON: "},
        {"{\"a\":1,\"a\":2}", "expected an object of JSON: duplicate"},
        {"{}", "\"type\": expected a text"},
        {"{\"type\":\"header\",\"seed\":\"0x\"}", "\"seed\": expected a hexadecimal number"},
        {"{\"type\":\"header\",\"seed\":\"0x-1\"}", "\"seed\": expected a hexadecimal number"},
        {"{\"type\":\"header\",\"seed\":\"0x10000000000000000\"}",
         "\"seed\": expected a hexadecimal"},
        {"{\"type\":\"header\",\"seed\":12}", "\"seed\": expected a hexadecimal number"},
        {"{\"type\":\"summary\",\"seconds\":\"two\"}", "\"seconds\": expected a number"},
        {"{\"type\":\"check\"}", "\"case\": expected a text"},
        {"{\"type\":\"check\",\"case\":\"a\\u0000b\"}", "\"case\": expected a text"},
        {CHECK "\"verdict\":\"fine\"}", "\"verdict\": expected a verdict's word"},
        {CHECK "\"verdict\":\"exact\"}", "\"gradients\": expected an object"},
        {CHECK "\"verdict\":\"exact\",\"gradients\":{\"dx\":{}}}",
         "\"count\": expected a whole number from 0 to 2^53"},
        {CHECK "\"verdict\":\"exact\",\"gradients\":{\"dx\":{" GRADIENT "}}}",
         "\"worst_ratio\": expected"},
        {CHECK "\"verdict\":\"exact\",\"gradients\":{\"a name that is far longer than any slot of "
               "any layer\":{}}}",
         "\"gradients\": a name of more than 39 bytes"},
        {CHECK "\"verdict\":\"exact\",\"gradients\":{\"dx\":{\"count\":9007199254740993}}}",
         "\"count\": expected a whole number from 0 to 2^53"},
        {"{\"type\":\"campaign\",\"seed\":\"0x1\\u001b\"}", "\"seed\": expected"},
        {"{\"a\": \033}", "expected an object of JSON: "},
        {CAMPAIGN "\"shard\":2,\"shards\":1}", "\"shard\": expected a number from 1 to"},
        {CAMPAIGN "\"shard\":0,\"shards\":1}", "\"shard\": expected a number from 1 to"},
        {CAMPAIGN "\"shard\":1,\"shards\":1,\"replayed\":-1}",
         "\"replayed\": expected a whole number"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        cr_expect_eq(read_line(table[i].line, &line, &error), VJP_ERR_USAGE, "%s", table[i].line);
        cr_expect(strstr(error.text, table[i].message), "%s: %s", table[i].line, error.text);
        for (const char *p = error.text; *p; p++)
            cr_expect_geq((unsigned char)*p, ' ', "a control character in the message");
        vjp_stream_line_clear(&line);
    }
}

/* What a failure's record shows besides counts, and what ran where. */
Test(stream, evidence_is_read_as_it_was_written)
{
    const struct vjp_record record = {
        .line = "l",
        .target = "t",
        .plugin = "p",
        .kernel = "k",
        .layer = "linear",
        .dtype = "f32",
        .ran = true,
        .verdict = VJP_VERDICT_WRONG,
        .reason = "",
        .replay = "",
        .accumulate = "f32",
        .traits = "flushes",
        .n_gradients = 1,
        .gradient = {{.name = "dx",
                      .worst = {.element = "dx[1]",
                                .got = "0.5",
                                .got_hex = "0x1p-1",
                                .want = "[0, 1]",
                                .want_hex = "",
                                .exact = "0.25",
                                .bound_by = "running",
                                .error = 0.25,
                                .ulp = 4,
                                .relative = 1,
                                .backward = (double)NAN,
                                .bound = 0.125,
                                .ratio = (double)INFINITY,
                                .scale = 8,
                                .terms = 3},
                      .map = {.cells = ".-o?#.", .rows = 20, .cols = 5, .high = 10, .wide = 2}}}};
    struct written w;
    struct vjp_stream_line line;
    struct vjp_error error = {""};
    begin(&w);
    cr_assert_eq(vjp_json_write_record(&w.sink, &record, &error), VJP_OK, "%s", error.text);
    read_back(&w, &line);
    const struct vjp_record_worst *worst = &line.record.gradient[0].worst;
    const struct vjp_record_map *map = &line.record.gradient[0].map;
    cr_expect_str_eq(line.record.accumulate, "f32");
    cr_expect_str_eq(line.record.traits, "flushes");
    cr_expect_str_eq(worst->element, "dx[1]");
    cr_expect_str_eq(worst->got, "0.5");
    cr_expect_str_eq(worst->got_hex, "0x1p-1");
    cr_expect_str_eq(worst->want, "[0, 1]");
    cr_expect_str_eq(worst->want_hex, "");
    cr_expect_str_eq(worst->exact, "0.25");
    cr_expect_str_eq(worst->bound_by, "running");
    cr_expect(worst->error == 0.25 && worst->ulp == 4 && worst->relative == 1);
    cr_expect(isnan(worst->backward) && worst->bound == 0.125 && isinf(worst->ratio));
    cr_expect(worst->scale == 8 && worst->terms == 3);
    cr_expect_str_eq(map->cells, ".-o?#.");
    cr_expect(map->rows == 20 && map->cols == 5 && map->high == 10 && map->wide == 2);
    vjp_stream_line_clear(&line);
}

Test(stream, a_map_has_as_many_signs_as_blocks)
{
    static const struct {
        const char *map;
        bool good;
    } table[] = {
        {"\"rows\":2,\"cols\":2,\"high\":1,\"wide\":1,\"cells\":\".#..\"", true},
        {"\"rows\":2,\"cols\":2,\"high\":1,\"wide\":1,\"cells\":\".#.\"", false},
        {"\"rows\":2,\"cols\":2,\"high\":1,\"wide\":1,\"cells\":\".#.x\"", false},
        {"\"rows\":2,\"cols\":2,\"high\":0,\"wide\":1,\"cells\":\"....\"", false},
        {"\"rows\":9007199254740992,\"cols\":1,\"high\":1,\"wide\":1,\"cells\":\"\"", false}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char text[1024];
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        snprintf(text, sizeof text,
                 "{\"type\":\"check\",\"case\":\"c\",\"target\":\"t\",\"plugin\":\"p\","
                 "\"kernel\":\"k\",\"layer\":\"l\",\"dtype\":\"f32\",\"verdict\":\"wrong\","
                 "\"reason\":\"\",\"replay\":\"\",\"elements\":1,\"gradients\":{\"dx\":{"
                 "\"count\":4,\"compared\":4,\"correct\":3,\"outside\":1,\"excused\":0,"
                 "\"unresolved\":0,\"worst_ulp\":1,\"worst_relative\":1,\"worst_backward\":1,"
                 "\"worst_ratio\":1,\"map\":{%s}}}}",
                 table[i].map);
        cr_expect_eq(read_line(text, &line, &error), table[i].good ? VJP_OK : VJP_ERR_USAGE,
                     "%zu: %s", i, error.text);
        vjp_stream_line_clear(&line);
    }
}

Test(stream, what_ran_where_is_read_from_headers_and_lines_of_its_own)
{
    const struct vjp_run_plugin plugin = {
        .target = "naive", .name = "naive", .version = "1", .sha256 = "ab"};
    const struct vjp_run_info run = {.version = "9",
                                     .command = "vjpcheck check",
                                     .started = "2026",
                                     .cpu = "cpu",
                                     .system = "Linux",
                                     .compiler = "gcc",
                                     .libraries = "MPFR",
                                     .processors = 2,
                                     .n_plugins = 1,
                                     .plugin = &plugin};
    const struct vjp_run_header header = {.version = "9", .run = &run};
    for (int i = 0; i < 2; i++) {
        struct written w;
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        begin(&w);
        cr_assert_eq(i == 0 ? vjp_json_write_header(&w.sink, &header, &error)
                            : vjp_json_write_run(&w.sink, &run, &error),
                     VJP_OK);
        read_back(&w, &line);
        cr_expect_eq(line.type, i == 0 ? VJP_STREAM_HEADER : VJP_STREAM_RUN);
        cr_assert(line.has_run);
        cr_expect_str_eq(line.run.command, "vjpcheck check");
        cr_expect_str_eq(line.run.compiler, "gcc");
        cr_expect_eq(line.run.processors, 2);
        cr_assert_eq(line.run.n_plugins, 1);
        cr_expect_str_eq(line.run.plugin[0].sha256, "ab");
        vjp_stream_line_clear(&line);
    }
}

/* Of other commands: a line each that lacks something, and what is told. */
Test(stream, what_other_commands_wrote_is_held_to_what_it_is)
{
    static const struct {
        const char *line, *told;
    } bad[] = {
        {"{\"type\":\"point\",\"key\":\"k\"}", "in a point of a study"},
        {"{\"type\":\"gap\",\"gradient\":\"dx\"}", "in a point of a study"},
        {"{\"type\":\"left_out\",\"gradient\":\"dx\"}", "\"why\": expected a text"},
        {"{\"type\":\"study\"}", "\"study\": expected a text"},
        {"{\"type\":\"order\",\"kernel\":1}", "\"kernel\": expected a text"},
        {"{\"type\":\"plant\",\"plant\":\"p\",\"replay\":\"\",\"classes\":[99]}", "\"classes\""},
        {"{\"type\":\"plant\",\"plant\":\"p\",\"replay\":\"\",\"classes\":[1],\"named\":\"good\"}",
         "\"named\": expected a verdict's word"},
        {"{\"type\":\"plant\",\"plant\":\"p\",\"replay\":\"\",\"classes\":[1],\"named\":\"wrong\","
         "\"fate\":\"caught\",\"campaigns\":[]}",
         "\"fate\": expected what the campaigns say"},
        {"{\"type\":\"rule\",\"rule\":\"r\",\"source\":\"s\"}", "\"accept\""},
        {"{\"type\":\"alarm\",\"target\":\"t\"}", "\"reason\""},
        {"{\"type\":\"summary\",\"plants\":3}", "\"seed\""},
        {"{\"type\":\"coverage\"}", "expected \"files\""},
        {"{\"gcovr/format_version\":\"0.3\",\"files\":[{}]}", "file 1: expected"},
        {"{\"files\":[]}", "\"type\": expected a text"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vjp_stream_line line;
        struct vjp_error error = {""};
        cr_expect_eq(read_line(bad[i].line, &line, &error), VJP_ERR_USAGE, "%s", bad[i].line);
        cr_expect_not_null(strstr(error.text, bad[i].told), "%s: %s", bad[i].line, error.text);
        vjp_stream_line_clear(&line);
    }
}
