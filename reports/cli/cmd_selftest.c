/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/cli.h"

#include "reports/bench/clock.h"
#include "reports/cli/ahead.h"
#include "reports/cli/alarm.h"
#include "reports/cli/jury.h"
#include "reports/cli/kill.h"
#include "reports/cli/paths.h"
#include "reports/cli/plants.h"
#include "reports/cli/selftest_stream.h"
#include "reports/fuzz/interrupt.h"
#include "reports/render/selftest.h"
#include "reports/render/terminal.h"
#include "reports/selftest/purse.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUDGET_DEFAULT 1200.0 /* s */
#define SEEDS_DEFAULT  3
#define ALARMS_DEFAULT 20000
#define COUNT_MAX      INT64_C(1000000000)
#define DIM_MAX        INT64_C(65536)

/* One campaign against one plant ends after so much: most plants are found in the first twenty cases. */
#define TRY_SECONDS   8.0
#define CASES_DEFAULT 20000

#define SHRINK_SECONDS 2.0

/* Right answers that other people's rules are asked about. */
#define RIGHT_ANSWERS 300

/* When in the budget the last plant is asked, the last case made small, the last right answer shown to the rules; what
 * remains, and what those did not use, is for the correct kernels. */
#define PLANTS_END 0.65
#define SHRINK_END 0.7
#define RIGHT_END  0.75

enum { BUDGET, SEEDS, CASES, ALARMS, DIM, SEED, JSON, ONLY_MISSED };

static const struct vjp_option options[] = {
    [BUDGET] = {"budget", "TIME", "for all of it, as 60s or 10m (20m)"},
    [SEEDS] = {"seeds", "N", "campaigns against each plant, 1 to 16 (3)"},
    [CASES] = {"cases", "N", "of one campaign, at most (20000)"},
    [ALARMS] = {"alarms", "N", "verdicts on correct kernels (20000)"},
    [DIM] = {"max-dim", "N", "no dimension is larger (512)"},
    [SEED] = {"seed", "SEED", "of the first campaigns (0x5eed)"},
    [JSON] = {"json", "FILE", "write JSON lines, each as soon as it is known"},
    [ONLY_MISSED] = {"only-missed", NULL, "leave out classes of which every plant was caught"},
    {0},
};

struct settings {
    double budget;
    int64_t seeds, cases, alarms;
    struct vjp_campaign campaign;
    const char *json;
    bool only_missed;
};

/* Everything that a run holds. */
struct run {
    struct settings settings;
    double start;
    char *folder; /* of the plants */
    struct vjp_catalogue catalogue;
    struct vjp_victim *victim; /* the plants that are asked */
    int count;
    struct vjp_ballot ballot;
    struct vjp_alarms alarms;
    struct vjp_selftest_stream stream;
};

static enum vjp_status read_settings(const struct vjp_arguments *arguments, struct settings *out,
                                     struct vjp_error *error)
{
    const char *const *value = arguments->value;
    struct settings s = {.budget = BUDGET_DEFAULT,
                         .seeds = SEEDS_DEFAULT,
                         .cases = CASES_DEFAULT,
                         .alarms = ALARMS_DEFAULT,
                         .campaign = {.seed = VJP_SEED_DEFAULT, .dim_max = VJP_CAMPAIGN_DIM},
                         .json = value[JSON],
                         .only_missed = value[ONLY_MISSED] != NULL};
    enum vjp_status status = VJP_OK;
    if (value[BUDGET])
        status = vjp_option_time("budget", value[BUDGET], &s.budget, error);
    if (status == VJP_OK && value[SEEDS])
        status = vjp_option_integer("seeds", value[SEEDS], 1, VJP_TRIES_MAX, &s.seeds, error);
    if (status == VJP_OK && value[CASES])
        status = vjp_option_integer("cases", value[CASES], 1, COUNT_MAX, &s.cases, error);
    if (status == VJP_OK && value[ALARMS])
        status = vjp_option_integer("alarms", value[ALARMS], 1, COUNT_MAX, &s.alarms, error);
    if (status == VJP_OK && value[DIM])
        status = vjp_option_integer("max-dim", value[DIM], 1, DIM_MAX, &s.campaign.dim_max, error);
    if (status == VJP_OK && value[SEED])
        status = vjp_option_u64("seed", value[SEED], &s.campaign.seed, error);
    if (status == VJP_OK)
        *out = s;
    return status;
}

static enum vjp_status add_victim(struct run *run, const struct vjp_plant *plant,
                                  struct vjp_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.so", run->folder, plant->name);
    if (access(path, R_OK) != 0)
        return vjp_plants_fail(path, error);
    run->victim[run->count++].kill.plant = plant;
    return VJP_OK;
}

static enum vjp_status add_named(struct run *run, const char *name, struct vjp_error *error)
{
    for (int i = 0; i < run->catalogue.count; i++) {
        const struct vjp_plant *plant = &run->catalogue.plant[i];
        if (strcmp(plant->name, name) != 0)
            continue;
        for (int k = 0; k < run->count; k++) {
            if (run->victim[k].kill.plant == plant)
                return VJP_OK;
        }
        return add_victim(run, plant, error);
    }
    return vjp_fail(error, VJP_ERR_USAGE, "no plant \"%s\" in %s/catalogue.txt", name, run->folder);
}

static enum vjp_status choose_plants(struct run *run, const struct vjp_arguments *arguments,
                                     struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    run->victim = calloc((size_t)run->catalogue.count + 1, sizeof *run->victim);
    if (!run->victim)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < arguments->n_operands && status == VJP_OK; i++)
        status = add_named(run, arguments->operands[i], error);
    for (int i = 0; i < run->catalogue.count && arguments->n_operands == 0 && status == VJP_OK; i++)
        status = add_victim(run, &run->catalogue.plant[i], error);
    if (status == VJP_OK && run->count == 0)
        status = vjp_plants_fail("any of the plants", error);
    return status;
}

static double time_at(const struct run *run, double part)
{
    return run->start + part * run->settings.budget;
}

static enum vjp_status ask_plants(struct run *run, const struct vjp_kill_plan *plan,
                                  struct vjp_error *error)
{
    struct vjp_purse purse = {.end = time_at(run, PLANTS_END),
                              .most = TRY_SECONDS,
                              .tasks = run->count * run->settings.seeds};
    enum vjp_status status = VJP_OK;
    for (int number = 0; number < run->settings.seeds; number++) {
        for (int i = 0; i < run->count && status == VJP_OK; i++) {
            const double share = vjp_purse_take(&purse, vjp_clock_now());
            status = vjp_victim_try(&run->victim[i], plan, vjp_interrupt_seen() ? 0 : share,
                                    &run->ballot, error);
            if (status == VJP_OK)
                status = vjp_selftest_stream_try(&run->stream, &run->victim[i].kill, i, run->count,
                                                 error);
        }
    }
    return status;
}

static enum vjp_status shrink_cases(struct run *run, const struct vjp_kill_plan *plan,
                                    struct vjp_error *error)
{
    struct vjp_purse purse = {
        .end = time_at(run, SHRINK_END), .most = SHRINK_SECONDS, .tasks = run->count};
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < run->count && status == VJP_OK; i++) {
        const double share = vjp_purse_take(&purse, vjp_clock_now());
        status = vjp_victim_shrink(&run->victim[i], plan, vjp_interrupt_seen() ? 0 : share, error);
        if (status == VJP_OK)
            status =
                vjp_selftest_stream_plant(&run->stream, &run->victim[i].kill, i, run->count, error);
    }
    return status;
}

static enum vjp_status ask_all(struct run *run, struct vjp_error *error)
{
    const struct settings *s = &run->settings;
    const struct vjp_kill_plan plan = {
        .folder = run->folder, .campaign = s->campaign, .cases = s->cases};
    const struct vjp_alarm_plan alarm = {.campaign = s->campaign,
                                         .wanted = s->alarms,
                                         .end = time_at(run, 1),
                                         .jobs = vjp_ahead_jobs(),
                                         .watch = vjp_selftest_stream_correct,
                                         .env = &run->stream};
    const struct vjp_selftest_work work = {.plants = run->count,
                                           .seeds = s->seeds,
                                           .answers = RIGHT_ANSWERS,
                                           .alarms = s->alarms,
                                           .end = time_at(run, 1)};
    vjp_selftest_stream_begin(&run->stream, &work);
    enum vjp_status status = ask_plants(run, &plan, error);
    if (status == VJP_OK)
        status = shrink_cases(run, &plan, error);
    if (status == VJP_OK)
        status = vjp_jury_correct(&run->ballot, &s->campaign, RIGHT_ANSWERS,
                                  time_at(run, RIGHT_END), error);
    if (status == VJP_OK)
        status = vjp_selftest_stream_rules(&run->stream, &run->ballot, RIGHT_ANSWERS, error);
    if (status == VJP_OK)
        status = vjp_alarm_run(&alarm, &run->alarms, error);
    vjp_progress_erase(&run->stream.pace.progress);
    return status;
}

/* What was found is told whether all was asked or not: where the disk is full, too. */
static enum vjp_status tell(struct run *run, enum vjp_status asked, int *code,
                            struct vjp_error *error)
{
    FILE *const out = run->stream.sink.file == stdout ? stderr : stdout;
    struct vjp_error why; /* what a failure before left to do */
    const struct vjp_selftest_style style = {.colour = vjp_terminal_has_colour(out),
                                             .only_missed = run->settings.only_missed};
    struct vjp_kill *kills = calloc((size_t)run->count + 1, sizeof *kills);
    struct vjp_selftest_record record = {.version = VJP_VERSION,
                                         .seed = run->settings.campaign.seed,
                                         .seeds = (int)run->settings.seeds,
                                         .dim_max = run->settings.campaign.dim_max,
                                         .kills = kills,
                                         .n_kills = run->count,
                                         .ballot = &run->ballot,
                                         .alarms = &run->alarms,
                                         .seconds = vjp_clock_now() - run->start};
    if (!kills)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < run->count; i++)
        kills[i] = run->victim[i].kill;
    const enum vjp_status status =
        vjp_score_class(kills, run->count, 0, &record.all, asked == VJP_OK ? error : &why);
    if (status == VJP_OK) {
        vjp_selftest_print(&record, &style, out);
        if (vjp_interrupt_seen())
            fprintf(out, "interrupted by %s\n", strsignal(vjp_interrupt_seen()));
        *code = vjp_score_is_perfect(&record.all, &run->alarms) ? VJP_EXIT_SOUND : VJP_EXIT_FAILED;
    }
    free(kills);
    if (asked != VJP_OK || status != VJP_OK)
        return asked == VJP_OK ? status : asked;
    return vjp_selftest_stream_end(&run->stream, &record, error);
}

static void clear_run(struct run *run)
{
    vjp_selftest_stream_clear(&run->stream);
    for (int i = 0; i < run->count; i++)
        vjp_victim_clear(&run->victim[i]);
    free(run->victim);
    vjp_catalogue_clear(&run->catalogue);
    vjp_alarms_clear(&run->alarms);
    free(run->folder);
}

static int run_selftest(const struct vjp_arguments *arguments)
{
    struct run run = {.start = vjp_clock_now()};
    struct vjp_error error;
    int code = VJP_EXIT_HARNESS;
    enum vjp_status status = read_settings(arguments, &run.settings, &error);
    if (status == VJP_OK)
        status = vjp_path_plants(&run.folder, &error);
    if (status == VJP_OK)
        status = vjp_plants_read(run.folder, &run.catalogue, &error);
    if (status == VJP_OK)
        status = choose_plants(&run, arguments, &error);
    if (status == VJP_OK)
        status = vjp_selftest_stream_open(run.settings.json, run.settings.campaign.seed,
                                          &run.stream, &error);
    if (status == VJP_OK) {
        vjp_interrupt_catch();
        status = tell(&run, ask_all(&run, &error), &code, &error);
    }
    clear_run(&run);
    return status == VJP_OK ? code : vjp_cli_fail(status, &error);
}

const struct vjp_command vjp_command_selftest = {
    .name = "selftest",
    .operands = "[PLANT...]",
    .summary = "what vjpcheck itself is worth: the kill score",
    .help =
        "Asks kernels with planted defects (impls/faulty), or those that are named, as it asks "
        "any\n"
        "kernel, and says for each class of faults how many were caught, with which verdict, "
        "after\n"
        "how many random cases and seconds, and how small the case became. Then correct kernels,\n"
        "those that ship and peers, are asked: each failure is a false alarm. Beside them stands\n"
        "what the rules that other projects publish say of the same answers.\n\n"
        "  cmake --build --preset release --target plants\n"
        "  vjpcheck selftest\n"
        "  vjpcheck selftest --seeds 1 --alarms 2000 --budget 100s\n"
        "  vjpcheck selftest lost_k_block --seeds 9\n\n"
        "A plant is caught by the verdict that its file names, or one that says the same. One "
        "that\n"
        "no campaign finds is given the cases of its file, or else those that are built in for "
        "its\n"
        "layer, and counts as pinned. The plants and their catalogue are looked for in\n"
        "$VJPCHECK_FAULTY_PATH, or in faulty/ beside the program.\n\n"
        "FILE grows as FILE.partial: after each campaign what has come of its plant, a false alarm "
        "at\n"
        "once, and with the totals it has its name. \"vjpcheck report\" reads either. Ctrl-C ends "
        "the\n"
        "run and tells what was found.\n\n"
        "Ends with 0 only if every plant was caught and no correct kernel refused; with 1 as well\n"
        "where the budget left something that was not run.",
    .min_operands = 0,
    .max_operands = INT_MAX,
    .options = options,
    .run = run_selftest,
};
