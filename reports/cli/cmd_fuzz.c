/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "cases/line/parse.h"
#include "reports/cli/ahead.h"
#include "reports/cli/conclude.h"
#include "reports/cli/finds.h"
#include "reports/cli/renderings.h"
#include "reports/cli/surroundings.h"
#include "reports/fuzz/interrupt.h"
#include "reports/render/campaign.h"
#include "reports/render/report.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLIMB_DEFAULT 20

/* Where neither --time nor --cases says. */
#define SECONDS_DEFAULT 60

#define CASES_MAX  INT64_C(1000000000000)
#define DIM_MAX    INT64_C(65536)
#define SHARDS_MAX INT64_C(1000000)

enum {
    TIME,
    CASES,
    SEED,
    JOBS,
    LAYER,
    DTYPE,
    SHARD,
    CORPUS,
    JSON,
    HTML,
    SARIF,
    TAP,
    MARKDOWN,
    DIM,
    CLIMB,
    TIMEOUT,
    ORACLE,
    SVG
};

static const struct vjp_option options[] = {
    [TIME] = {"time", "TIME", "for so long: 90s, 10m, 2h (60s)"},
    [CASES] = {"cases", "N", "so many cases, all shards together"},
    [SEED] = {"seed", "S", "of the campaign (0x5eed)"},
    [JOBS] = {"jobs", "N", "threads that derive the truth (one per processor)"},
    [LAYER] = {"layer", "L", "only this layer"},
    [DTYPE] = {"dtype", "T", "only this dtype: bf16, f16, f32, f64"},
    [SHARD] = {"shard", "I/N", "only part I of N of the campaign, I from 1"},
    [CORPUS] = {"corpus", "DIR", "the folder that remembers failures (vjpcheck-corpus)"},
    [JSON] = VJP_OPTION_JSON,
    [HTML] = VJP_OPTION_HTML,
    [SARIF] = VJP_OPTION_SARIF,
    [TAP] = VJP_OPTION_TAP,
    [MARKDOWN] = VJP_OPTION_MARKDOWN,
    [DIM] = {"max-dim", "N", "no dimension larger than this (512)"},
    [CLIMB] = {"climb", "PERCENT", "of the cases besides, near those with the largest errors (20)"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [ORACLE] = {"oracle", "WHICH", "explicit, exact, rows or auto (by size)"},
    [SVG] = {"svg", "DIR",
             "draw where the errors of each failure stand, in a folder that is there"},
    {0},
};

struct settings {
    struct vjp_hunt_plan plan;
    struct vjp_report_options report;
    const char *corpus;
    const char *svg; /* a folder; NULL: no pictures */
    double timeout;
};

static enum vjp_status read_shard(const char *text, struct vjp_hunt_plan *plan,
                                  struct vjp_error *error)
{
    int64_t shard = 0, shards = 0;
    char *slash, *end = "x";
    errno = 0;
    shard = strtoll(text, &slash, 10);
    if (slash != text && *slash == '/')
        shards = strtoll(slash + 1, &end, 10);
    if (errno != 0 || *end != '\0' || shards < 1 || shards > SHARDS_MAX || shard < 1 ||
        shard > shards)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "--shard %s: expected I/N with I from 1 to N, as 1/4, N at most %" PRId64,
                        text, SHARDS_MAX);
    plan->shard = shard - 1;
    plan->shards = shards;
    return VJP_OK;
}

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {
        .plan = {.campaign = {.seed = VJP_SEED_DEFAULT, .dim_max = VJP_CAMPAIGN_DIM},
                 .dtype = -1,
                 .shards = 1,
                 .cases = -1,
                 .jobs = vjp_ahead_jobs()},
        .report = {.json = value[JSON],
                   .html = value[HTML],
                   .sarif = value[SARIF],
                   .tap = value[TAP],
                   .markdown = value[MARKDOWN]},
        .svg = value[SVG],
        .corpus = value[CORPUS] ? value[CORPUS] : "vjpcheck-corpus"};
    int64_t jobs = s.plan.jobs, climb = CLIMB_DEFAULT;
    struct stat folder;
    enum vjp_status status = VJP_OK;
    if (value[TIME])
        status = vjp_option_time("time", value[TIME], &s.plan.seconds, error);
    else if (!value[CASES])
        s.plan.seconds = SECONDS_DEFAULT;
    if (status == VJP_OK && value[CASES])
        status = vjp_option_integer("cases", value[CASES], 0, CASES_MAX, &s.plan.cases, error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &s.plan.campaign.seed, error);
    if (status == VJP_OK && value[JOBS])
        status = vjp_option_integer("jobs", value[JOBS], 1, VJP_JOBS_MAX, &jobs, error);
    if (status == VJP_OK && value[LAYER])
        status = vjp_cli_layer(value[LAYER], &s.plan.layer, error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &s.plan.dtype, error);
    if (status == VJP_OK && value[SHARD])
        status = read_shard(value[SHARD], &s.plan, error);
    if (status == VJP_OK && value[DIM])
        status =
            vjp_option_integer("max-dim", value[DIM], 1, DIM_MAX, &s.plan.campaign.dim_max, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &s.timeout, error);
    if (status == VJP_OK)
        status = vjp_truth_oracle(value[ORACLE], &s.plan.oracle, error);
    if (s.plan.oracle == VJP_ORACLE_AUTO)
        s.plan.oracle = VJP_ORACLE_SWIFT;
    if (status == VJP_OK && value[SVG] &&
        (stat(value[SVG], &folder) != 0 || !S_ISDIR(folder.st_mode)))
        status =
            vjp_fail(error, VJP_ERR_USAGE, "--svg %s: expected a folder that is there", value[SVG]);
    if (status == VJP_OK)
        status = vjp_report_check(&s.report, error);
    if (status == VJP_OK && !*s.corpus)
        status = vjp_fail(error, VJP_ERR_USAGE, "--corpus '': expected the name of a folder");
    if (status == VJP_OK && value[CLIMB])
        status = vjp_option_integer("climb", value[CLIMB], 0, 1000, &climb, error);
    s.plan.jobs = (int)jobs;
    s.plan.climb = (int)climb;
    if (status == VJP_OK)
        *out = s;
    return status;
}

/* What was found is told whether the hunt came to its end or not. */
static enum vjp_status tell(const struct settings *s, struct vjp_targets *targets,
                            const struct vjp_hunt *hunt, struct vjp_corpus_folder *corpus,
                            enum vjp_status status, struct vjp_report *report,
                            struct vjp_error *error)
{
    struct vjp_error why; /* what a failure of the hunt left to do */
    const struct vjp_campaign_record record = {.seed = s->plan.campaign.seed,
                                               .shard = s->plan.shard,
                                               .shards = s->plan.shards,
                                               .census = &hunt->census,
                                               .replayed = hunt->replayed,
                                               .tiled = hunt->tiled,
                                               .climbed = hunt->climbed,
                                               .discarded = hunt->discarded,
                                               .scaled = hunt->scaled,
                                               .unscaled = hunt->unscaled,
                                               .seconds = hunt->seconds};
    FILE *const out = vjp_report_out(report);
    if (status == VJP_OK)
        status = vjp_report_add_campaign(report, &record, error);
    if (status == VJP_OK)
        status = vjp_report_print(report, &s->report, error);
    else
        vjp_progress_erase(&report->progress);
    fputc('\n', out);
    vjp_campaign_print(&record, vjp_terminal_has_colour(out), out);
    if (hunt->n_finds > 0)
        fputc('\n', out);
    vjp_finds_print_worst(&hunt->worst, out);
    const enum vjp_status told = vjp_finds_tell(&s->plan, targets, hunt, corpus, s->svg, out,
                                                report, status == VJP_OK ? error : &why);
    if (hunt->interrupted)
        fprintf(out, "interrupted by %s\n", strsignal(hunt->interrupted));
    if (status == VJP_OK)
        status = told;
    return status == VJP_OK ? vjp_report_end(report, &s->report, error) : status;
}

static enum vjp_status fuzz(const struct settings *s, struct vjp_targets *targets, int *code,
                            struct vjp_error *error)
{
    struct vjp_corpus_folder corpus = {.running = -1};
    struct vjp_case_list replays = {0};
    struct vjp_report report = {0};
    struct vjp_hunt hunt = {0};
    struct vjp_surroundings surroundings = {.command = {0}};
    char title[64];
    struct vjp_run_header header = {
        .version = VJP_VERSION, .seed = s->plan.campaign.seed, .title = title};
    snprintf(title, sizeof title, "vjpcheck " VJP_VERSION ", seed 0x%" PRIx64,
             s->plan.campaign.seed);
    const char **labels = vjp_targets_labels(targets, &header.n_targets);
    enum vjp_status status = labels ? VJP_OK : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    header.targets = labels;
    header.run = &surroundings.info;
    if (status == VJP_OK)
        status = vjp_surroundings_look(targets, &surroundings, error);
    if (status == VJP_OK)
        status = vjp_corpus_open(s->corpus, &corpus, &replays, error);
    if (status == VJP_OK)
        status = vjp_report_begin(&s->report, &header, &report, error);
    if (status == VJP_OK) {
        vjp_interrupt_catch();
        status = vjp_hunt_run(&s->plan, targets, &replays, &corpus, &report, &hunt, error);
        status = tell(s, targets, &hunt, &corpus, status, &report, error);
    }
    if (status == VJP_OK)
        *code = vjp_conclude(targets, &report.summary.totals);
    vjp_hunt_clear(&hunt);
    vjp_report_clear(&report);
    vjp_case_list_clear(&replays);
    vjp_corpus_close(&corpus);
    vjp_surroundings_clear(&surroundings);
    free(labels);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_error error;
    struct vjp_targets targets = {0};
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK)
        status = vjp_targets_open_able(arguments->operands, arguments->n_operands, s.timeout,
                                       &targets, &error);
    if (status == VJP_OK)
        status = fuzz(&s, &targets, &code, &error);
    vjp_targets_close(&targets);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_fuzz = {
    .name = "fuzz",
    .operands = "[TARGET...]",
    .summary = "hunt for failing cases until time is up",
    .help =
        "TARGET is what \"vjpcheck check\" takes. A campaign is an endless row of random cases,\n"
        "of which number i is a pure function of the seed and i: any machine regenerates any of\n"
        "them, and --shard splits a campaign over machines. Sizes are log-uniform, at the edges\n"
        "of vectors and tiles, equal, one far above the others, or spread evenly (Sobol).\n\n"
        "  vjpcheck fuzz ./mine.so --time 10m\n"
        "  vjpcheck fuzz avx2 --cases 100000 --shard 1/4 --json part1.jsonl\n\n"
        "Some cases more are drawn near those on which answers came closest to their bounds; the\n"
        "largest errors are told, with their cases.\n\n"
        "At the end each failure is made small: the smallest case that fails with the same\n"
        "verdict, and what it depends on, found by changing one field of it after the other.\n\n"
        "The corpus, a folder, remembers the first failing case of each kernel, dtype and\n"
        "verdict; its cases are asked first. The case at hand is written there before it is\n"
        "asked, so that it is known whatever happens. Ctrl-C ends the hunt and tells what was\n"
        "found, a second one ends it at once. Exit codes are those of \"vjpcheck check\".",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run,
};
