/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "reports/render/baseline.h"
#include "reports/render/coverage.h"
#include "reports/render/order_json.h"
#include "reports/render/ruling_json.h"
#include "reports/render/selftest.h"
#include "reports/render/study_json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seeds.h"

#define KEEP(call)                                                                                 \
    do {                                                                                           \
        struct vjp_error error = {""};                                                             \
        FUZZ_EXPECT((call) == VJP_OK, "%s", error.text);                                           \
    } while (0)

/* A sink in memory; *text has what was written once it is closed. */
static struct vjp_sink open_memory(char **text, size_t *size)
{
    return (struct vjp_sink){.file = open_memstream(text, size), .path = (char[]){"memory"}};
}

/* The first line of a study. */
static void write_header(struct vjp_sink *sink, const char *study)
{
    static const char *const plugins[] = {"naive"};
    static const uint64_t hashes[] = {0x0123456789abcdef};
    const struct vjp_study_header header = {.version = "0.1.0",
                                            .study = study,
                                            .line = "study growth naive",
                                            .seed = 0x5eed,
                                            .n_plugins = 1,
                                            .plugin = plugins,
                                            .hash = hashes};
    struct vjp_text text = {0};
    KEEP(vjp_study_header_print(&header, &text, &error));
    KEEP(vjp_sink_write(sink, text.data, &error));
    vjp_text_clear(&text);
}

static void write_study(const char *folder)
{
    const struct vjp_bias bias = {.n = 9, .mean = -0.5, .share = 0.25, .t = NAN, .p = 1};
    const struct vjp_quantiles quantiles = {1, 2, NAN, INFINITY};
    struct vjp_study_point point = {.study = "growth",
                                    .key = "naive:linear dx 16",
                                    .kernel = "naive:linear",
                                    .layer = "linear",
                                    .dtype = "f32",
                                    .accumulate = "f32",
                                    .gradient = "dx",
                                    .values = "positive",
                                    .axis = "K",
                                    .size = 16,
                                    .dim = "M",
                                    .example = "linear dtype=f32 N=1 D=2 M=16",
                                    .cases = 4,
                                    .outside = 1,
                                    .u = 0x1p-24,
                                    .u_out = 0x1p-24,
                                    .figures = {.elements = 9,
                                                .lost = 1,
                                                .terms_min = 16,
                                                .terms_max = 17,
                                                .terms_mean = 16.5,
                                                .ulp = quantiles,
                                                .omega = quantiles,
                                                .relative = quantiles,
                                                .condition = quantiles,
                                                .omega_rms = 0.125,
                                                .correct = 0.25,
                                                .faithful = 0.5,
                                                .up = bias,
                                                .toward_zero = bias},
                                    .model = "f32",
                                    .ratio = 0.75};
    const struct vjp_study_verdict verdict = {.like = &point, .grade = VJP_GRADE_PAIRWISE};
    const struct vjp_study_totals totals = {.points = 1, .gaps = 1, .failed = 1};
    for (int target = 0; target < 2; target++) {
        char *text = NULL;
        size_t size = 0;
        struct vjp_sink sink = open_memory(&text, &size);
        write_header(&sink, "growth");
        KEEP(vjp_study_point_write(&sink, &point, &error));
        point.why = "too large";
        point.failed = true;
        KEEP(vjp_study_point_write(&sink, &point, &error));
        point.why = NULL;
        KEEP(vjp_study_fit_write(&sink, &verdict, &error));
        KEEP(vjp_study_summary_write(&sink, &totals, &error));
        fclose(sink.file);
        seed_lines(folder, target == 0 ? "stream" : "study", "growth.jsonl", text);
    }
}

/* One gradient with a tree that was replayed, one whose sum swamps nothing, and a kernel that did not answer. */
static void write_order(const char *folder)
{
    struct vjp_order order = {
        .kernel = "naive:linear",
        .layer = "linear",
        .dtype = "f32",
        .line = "linear dtype=f32 N=1 D=1 M=3",
        .gradient = "dx",
        .elements = 4,
        .certified = 3,
        .calls = 17,
        .n_trees = 2,
        .tree = {{.element = "dx[0,0]",
                  .probe = {.precision = 24, .at_least = true},
                  .has_products = true,
                  .fused = 2,
                  .replayed = true,
                  .tried = 2,
                  .compared = 4,
                  .equal = 3,
                  .differs = "dx[0,1]: 1 and 2"},
                 {.element = "dx[0,1]",
                  .revelation = {.outcome = VJP_REVEAL_NO_SWAMPING, .reason = "none"},
                  .why = "there is no tree"}}};
    struct vjp_tree *tree = &order.tree[0].revelation.tree;
    const struct vjp_order_tally tally = {.gradients = 1, .revealed = 1, .gaps = 1};
    KEEP(vjp_tree_init(tree, 3, &error));
    vjp_tree_finish(tree, vjp_tree_join(tree, vjp_tree_join(tree, 0, 1), 2));
    order.tree[0].text = strdup("[0..2]");
    order.tree[0].name = strdup("sequential");
    for (int target = 0; target < 2; target++) {
        char *text = NULL;
        size_t size = 0;
        struct vjp_sink sink = open_memory(&text, &size);
        write_header(&sink, "order");
        KEEP(vjp_order_json_write(&sink, &order, &error));
        KEEP(vjp_order_json_gap(&sink, "layernorm dx", "no sum of independent terms", 2, &error));
        KEEP(vjp_order_json_summary(&sink, &tally, &error));
        fclose(sink.file);
        seed_lines(folder, target == 0 ? "stream" : "study", "order.jsonl", text);
    }
    vjp_order_clear(&order);
}

static void write_rules(const char *folder)
{
    struct vjp_ruling_answer answers[] = {
        {.shows = true, .size = 0.5, .ours = -3, .level = {VJP_LEVEL_NEVER, VJP_LEVEL_NONE, 2}},
        {.size = INFINITY, .ours = VJP_LEVEL_NEVER}};
    struct vjp_ruling ruling = {.key = "lost dx",
                                .kernel = "lost",
                                .layer = "linear",
                                .dtype = "f32",
                                .gradient = "dx",
                                .values = "normal",
                                .axis = "K",
                                .at = 64,
                                .defect = true,
                                .example = "linear dtype=f32 N=1 D=1 M=64",
                                .count = 2,
                                .answer = answers};
    const struct vjp_ruling_totals totals = {.defects = 1, .silent = 1};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = open_memory(&text, &size);
    write_header(&sink, "rules");
    KEEP(vjp_ruling_write(&sink, &ruling, &error));
    ruling.why = "too large";
    KEEP(vjp_ruling_write(&sink, &ruling, &error));
    KEEP(vjp_ruling_summary_write(&sink, &totals, &error));
    fclose(sink.file);
    seed_lines(folder, "study", "rules.jsonl", text);
}

/* A plant that was caught, one that its cases show, one that was missed; a false alarm. */
static void write_selftest(const char *folder)
{
    struct vjp_plant plants[] = {
        {.name = (char[]){"one"}, .verdict = VJP_VERDICT_WRONG, .classes = 1 << 1 | 1 << 5},
        {.name = (char[]){"two"}, .verdict = VJP_VERDICT_CRASHED, .classes = 1 << 5},
        {.name = (char[]){"three"}, .verdict = VJP_VERDICT_HUNG, .classes = 1 << 7}};
    struct vjp_kill kills[] = {{.plant = &plants[0],
                                .tries = 2,
                                .attempt = {{true, true, VJP_VERDICT_INACCURATE, 12, 0.25},
                                            {true, true, VJP_VERDICT_WRONG, 14, 0.75}},
                                .has_size = true,
                                .dims = 3,
                                .elements = 7,
                                .replay = (char[]){"vjpcheck run 'one'"}},
                               {.plant = &plants[1],
                                .tries = 1,
                                .attempt = {{.ran = true, .cases = 900, .seconds = 8}},
                                .pinned = true,
                                .pinned_verdict = VJP_VERDICT_CRASHED},
                               {.plant = &plants[2],
                                .tries = 1,
                                .attempt = {{.ran = true}},
                                .has_other = true,
                                .other = VJP_VERDICT_WRONG}};
    const struct vjp_ballot ballot = {
        .defects = {{5, 1234, 2}}, .correct = {{90, 8, 1}}, .silent = 6};
    struct vjp_alarms alarms = {.wanted = 20, .conclusive = 15, .inconclusive = 3, .seconds = 2.5};
    struct vjp_selftest_record record = {.version = "0.1.0",
                                         .seed = 0x1f,
                                         .seeds = 2,
                                         .dim_max = 64,
                                         .kills = kills,
                                         .n_kills = 3,
                                         .ballot = &ballot,
                                         .alarms = &alarms,
                                         .seconds = 12.5};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = open_memory(&text, &size);
    KEEP(vjp_alarms_add(&alarms, VJP_VERDICT_WRONG, "naive:linear", "dx is off", "vjpcheck run",
                        &error));
    KEEP(vjp_alarms_note(&alarms, "naive: asked", &error));
    KEEP(vjp_score_class(kills, 3, 0, &record.all, &error));
    for (int i = 0; i < 3; i++) {
        KEEP(vjp_selftest_write_plant(&sink, record.seed, &kills[i], false, &error));
        KEEP(vjp_selftest_write_plant(&sink, record.seed, &kills[i], true, &error));
    }
    KEEP(vjp_selftest_write_rules(&sink, &ballot, &error));
    KEEP(vjp_selftest_write_alarm(&sink, &alarms.kept[0], &error));
    KEEP(vjp_selftest_write_correct(&sink, &alarms, &error));
    KEEP(vjp_selftest_write_summary(&sink, &record, &error));
    fclose(sink.file);
    seed_lines(folder, "stream", "selftest.jsonl", text);
    vjp_alarms_clear(&alarms);
}

/* As "coverage" leaves it, and as gcovr does. */
static void write_coverage(const char *folder)
{
    static const char gcovr[] =
        "{\"files\": [{\"file\": \"k.c\", \"lines\": [{\"branches\": [{\"count\": 3}, {\"count\": "
        "0}], \"count\": 3, \"gcovr/noncode\": false, \"line_number\": 7}]}], "
        "\"gcovr/format_version\": \"0.3\"}\n";
    struct vjp_coverage_line lines[] = {{.number = 1, .ran = true, .branches = 2, .taken = 1},
                                        {.number = 2}};
    char *source[] = {(char[]){"if (M > 9)"}, (char[]){"    return 1;"}};
    char *notes[] = {(char[]){"M was 1"}};
    struct vjp_coverage_gap gap = {.from = 2, .to = 2, .guard = 1, .note = notes, .n_notes = 1};
    struct vjp_coverage_file file = {.path = (char[]){"k.c"},
                                     .line = lines,
                                     .count = 2,
                                     .source = source,
                                     .n_source = 2,
                                     .gap = &gap,
                                     .n_gaps = 1};
    const struct vjp_coverage coverage = {.file = &file, .count = 1};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = open_memory(&text, &size);
    KEEP(vjp_coverage_write(&sink, &coverage, &error));
    FUZZ_EXPECT(fputs(gcovr, sink.file) >= 0, "coverage");
    fclose(sink.file);
    seed_lines(folder, "stream", "coverage.jsonl", text);
}

static void write_baseline(const char *folder)
{
    struct vjp_baseline_row rows[] = {
        {.kernel = (char[]){"avx2:linear"},
         .layer = (char[]){"linear"},
         .dtype = (char[]){"f32"},
         .tree = (char[]){"dx 67 terms, sequential, 1f765b82"},
         .asked = 0x123,
         .totals = {.checks = 5,
                    .not_run = 1,
                    .left_out = 1,
                    .verdict = {[VJP_VERDICT_EXACT] = 2, [VJP_VERDICT_WRONG] = 1}},
         .ratio = 0.977},
        {.kernel = (char[]){"naive:relu"},
         .layer = (char[]){"relu"},
         .dtype = (char[]){"f64"},
         .tree = (char[]){""},
         .ratio = -1}};
    const struct vjp_baseline baseline = {.row = rows, .count = 2};
    char path[4096];
    seed_finish(seed_create(folder, "baseline", "two"));
    snprintf(path, sizeof path, "%s/baseline/two", folder);
    KEEP(vjp_baseline_write(path, &baseline, &error));
}

void seed_annex(const char *folder)
{
    write_study(folder);
    write_order(folder);
    write_rules(folder);
    write_selftest(folder);
    write_coverage(folder);
    write_baseline(folder);
}
