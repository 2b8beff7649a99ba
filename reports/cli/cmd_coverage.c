/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "cases/base/text.h"
#include "reports/cli/ahead.h"
#include "reports/cli/conclude.h"
#include "reports/cli/hunt.h"
#include "reports/cli/instrument.h"
#include "reports/cli/surroundings.h"
#include "reports/fuzz/interrupt.h"
#include "reports/render/coverage.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASES_DEFAULT 2000
#define STREAM        "coverage.jsonl" /* in the folder, for "vjpcheck report" */
#define CASES_MAX     INT64_C(1000000000)
#define DIM_MAX       INT64_C(65536)

enum { OUT, LAYER, DTYPE, CFLAGS, CC, CASES, SEED, DIM, TIMEOUT, UNDER };

static const struct vjp_option options[] = {
    [OUT] = {"out", "DIR", "where everything is written; needed"},
    [LAYER] = {"layer", "L", "only this layer"},
    [DTYPE] = {"dtype", "T", "only this dtype: bf16, f16, f32, f64"},
    [CFLAGS] = {"cflags", "OPTIONS", "for the compiler, in one word: '-I impls/abi -mavx2 -mfma'"},
    [CC] = {"cc", "COMPILER", "GCC, or one that takes its options and writes its counts (cc)"},
    [CASES] = {"cases", "N", "so many random cases, those of \"vjpcheck fuzz\" (2000)"},
    [SEED] = {"seed", "S", "of the campaign (0x5eed)"},
    [DIM] = {"max-dim", "N", "no dimension larger than this (512)"},
    [TIMEOUT] = {"timeout", "SECONDS", "a call that takes longer is hung (10)"},
    [UNDER] = {"fail-under", "PERCENT", "exit code 1 where fewer of the lines ran"},
    {0},
};

struct settings {
    struct vjp_hunt_plan plan;
    struct vjp_instrument instrument;
    double timeout;
    int64_t under;
};

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {
        .plan = {.campaign = {.seed = VJP_SEED_DEFAULT, .dim_max = VJP_CAMPAIGN_DIM},
                 .dtype = -1,
                 .shards = 1,
                 .cases = CASES_DEFAULT,
                 .jobs = vjp_ahead_jobs()},
        .instrument = {.source = arguments->operands[0],
                       .compiler = value[CC] ? value[CC] : "cc",
                       .flags = value[CFLAGS],
                       .folder = value[OUT]}};
    enum vjp_status status = VJP_OK;
    if (!value[OUT])
        status = vjp_fail(error, VJP_ERR_USAGE, "--out is missing: expected --out DIR");
    if (status == VJP_OK)
        status = vjp_cli_out(value[OUT], error);
    if (status == VJP_OK && access(s.instrument.source, R_OK) != 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "%s: cannot be read; expected a C file",
                          s.instrument.source);
    if (status == VJP_OK && value[LAYER])
        status = vjp_cli_layer(value[LAYER], &s.plan.layer, error);
    if (status == VJP_OK && value[DTYPE])
        status = vjp_cli_dtype(value[DTYPE], &s.plan.dtype, error);
    if (status == VJP_OK && value[CASES])
        status = vjp_option_integer("cases", value[CASES], 1, CASES_MAX, &s.plan.cases, error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &s.plan.campaign.seed, error);
    if (status == VJP_OK && value[DIM])
        status =
            vjp_option_integer("max-dim", value[DIM], 1, DIM_MAX, &s.plan.campaign.dim_max, error);
    if (status == VJP_OK && value[TIMEOUT])
        status = vjp_option_seconds("timeout", value[TIMEOUT], &s.timeout, error);
    if (status == VJP_OK && value[UNDER])
        status = vjp_option_integer("fail-under", value[UNDER], 0, 100, &s.under, error);
    if (status == VJP_OK)
        *out = s;
    return status;
}

static enum vjp_status add_campaign(const struct settings *s, const struct vjp_hunt *hunt,
                                    struct vjp_report *report, struct vjp_error *error)
{
    const struct vjp_campaign_record record = {.seed = s->plan.campaign.seed,
                                               .shards = s->plan.shards,
                                               .census = &hunt->census,
                                               .replayed = hunt->replayed,
                                               .tiled = hunt->tiled,
                                               .climbed = hunt->climbed,
                                               .discarded = hunt->discarded,
                                               .seconds = hunt->seconds};
    return vjp_report_add_campaign(report, &record, error);
}

/* Asks the campaign's cases; the processes of the kernel end, and leave their counts, when targets are closed. */
static enum vjp_status ask(const struct settings *s, struct vjp_targets *targets,
                           struct vjp_census *census, int *code, struct vjp_error *error)
{
    struct vjp_corpus_folder corpus = {.running = -1};
    struct vjp_case_list replays = {0};
    struct vjp_report report = {0};
    struct vjp_hunt hunt = {0};
    struct vjp_surroundings where = {.command = {0}};
    struct vjp_text folder = {0}, stream = {0};
    char title[64];
    struct vjp_run_header header = {
        .version = VJP_VERSION, .seed = s->plan.campaign.seed, .title = title, .run = &where.info};
    snprintf(title, sizeof title, "vjpcheck " VJP_VERSION ", seed 0x%" PRIx64,
             s->plan.campaign.seed);
    vjp_text_add(&folder, "%s/corpus", s->instrument.folder);
    vjp_text_add(&stream, "%s/" STREAM, s->instrument.folder);
    const struct vjp_report_options options_of_report = {.json = stream.data};
    const char **labels = vjp_targets_labels(targets, &header.n_targets);
    enum vjp_status status = labels && !folder.failed && !stream.failed
                                 ? vjp_surroundings_look(targets, &where, error)
                                 : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    header.targets = labels;
    if (status == VJP_OK)
        status = vjp_corpus_open(folder.data, &corpus, &replays, error);
    if (status == VJP_OK)
        status = vjp_report_begin(&options_of_report, &header, &report, error);
    if (status == VJP_OK) {
        vjp_interrupt_catch();
        status = vjp_hunt_run(&s->plan, targets, &replays, &corpus, &report, &hunt, error);
    }
    if (status == VJP_OK)
        status = add_campaign(s, &hunt, &report, error);
    if (status == VJP_OK)
        status = vjp_report_end(&report, &options_of_report, error);
    if (status == VJP_OK)
        status = vjp_census_merge(census, &hunt.census, error);
    if (status == VJP_OK)
        *code = vjp_conclude(targets, &report.summary.totals);
    if (status == VJP_OK && hunt.interrupted)
        status = vjp_fail(error, VJP_ERR_IO, "interrupted by %s", strsignal(hunt.interrupted));
    vjp_hunt_clear(&hunt);
    vjp_report_clear(&report);
    vjp_surroundings_clear(&where);
    vjp_case_list_clear(&replays);
    vjp_corpus_close(&corpus);
    vjp_text_clear(&folder);
    vjp_text_clear(&stream);
    free(labels);
    return status;
}

/* Behind what the campaign wrote there. */
static enum vjp_status save(const struct settings *s, const struct vjp_coverage *coverage,
                            struct vjp_error *error)
{
    struct vjp_text path = {0};
    struct vjp_sink sink = {0};
    vjp_text_add(&path, "%s/" STREAM, s->instrument.folder);
    if (path.failed)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    sink.path = path.data; /* the sink's now */
    sink.file = fopen(path.data, "ae");
    enum vjp_status status = sink.file ? vjp_coverage_write(&sink, coverage, error)
                                       : vjp_fail(error, VJP_ERR_IO, "%s: cannot be written: %s",
                                                  path.data, strerror(errno));
    if (status == VJP_OK)
        status = vjp_sink_commit(&sink, error);
    vjp_sink_clear(&sink);
    return status;
}

static enum vjp_status tell(const struct settings *s, const struct vjp_census *census, int *code,
                            struct vjp_error *error)
{
    struct vjp_coverage coverage = {0};
    struct vjp_text path = {0};
    char *source = realpath(s->instrument.source, NULL);
    vjp_text_add(&path, "%s/coverage.json", s->instrument.folder);
    enum vjp_status status = source && !path.failed
                                 ? vjp_instrument_collect(&s->instrument, error)
                                 : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (status == VJP_OK)
        status = vjp_coverage_read(path.data, &coverage, error);
    const struct vjp_coverage_totals totals = vjp_coverage_count(&coverage);
    if (status == VJP_OK && totals.lines == 0)
        status = vjp_fail(error, VJP_ERR_USAGE, "no line was counted: has %s code of its own?",
                          s->instrument.source);
    if (status == VJP_OK)
        status = vjp_coverage_explain(&coverage, dirname(source), census, error);
    if (status == VJP_OK)
        status = save(s, &coverage, error);
    if (status == VJP_OK) {
        putchar('\n');
        vjp_coverage_print(&coverage, stdout);
        printf("in %s: coverage.html, coverage.xml (Cobertura), coverage.json, coverage.jsonl (for "
               "\"vjpcheck report\")\n",
               s->instrument.folder);
    }
    if (status == VJP_OK && 100 * totals.ran < s->under * totals.lines) {
        printf("%" PRId64 " of %" PRId64 " lines ran, less than the %" PRId64
               " %% of --fail-under\n",
               totals.ran, totals.lines, s->under);
        *code = *code == VJP_EXIT_SOUND ? VJP_EXIT_FAILED : *code;
    }
    vjp_coverage_clear(&coverage);
    vjp_text_clear(&path);
    free(source);
    return status;
}

static int run(const struct vjp_arguments *arguments)
{
    struct settings s;
    struct vjp_error error;
    struct vjp_targets targets = {0};
    struct vjp_census census = {0};
    char *library = NULL;
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(arguments, &s, &error);
    if (status == VJP_OK)
        status = vjp_instrument_build(&s.instrument, &library, &error);
    const char *const name = library;
    if (status == VJP_OK)
        status = vjp_targets_open(&name, 1, false, s.timeout, &targets, &error);
    if (status == VJP_OK)
        status = ask(&s, &targets, &census, &code, &error);
    vjp_targets_close(&targets);
    if (status == VJP_OK)
        status = tell(&s, &census, &code, &error);
    vjp_census_clear(&census);
    free(library);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_coverage = {
    .name = "coverage",
    .operands = "KERNEL.c",
    .summary = "which lines of a kernel no case reaches",
    .help =
        "Builds the plug-in KERNEL.c so that it counts what runs, asks it the cases of a campaign\n"
        "of \"vjpcheck fuzz\", and tells the lines and branches that no case reached, with what\n"
        "the cases were like in the dimensions that stand in the way:\n\n"
        "  vjpcheck coverage my_linear.c --cflags '-I impls/abi' --out coverage\n\n"
        "DIR gets coverage.html with a page for each file, coverage.xml (Cobertura),\n"
        "coverage.json, coverage.jsonl for \"vjpcheck report\", the instrumented kernel.so, and in "
        "corpus/ the cases that failed. gcovr\n"
        "has to be installed. Files beside KERNEL.c that it includes are counted with it. Counts\n"
        "of a call that a signal ends are there, of one that hung they are lost. A kernel that\n"
        "chooses by what the CPU has shows the lines of this one.\n\n"
        "Exit codes are those of \"vjpcheck check\"; lines that no case reached are no failure\n"
        "but with --fail-under.",
    .min_operands = 1,
    .max_operands = 1,
    .options = options,
    .run = run,
};
