/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/alarm.h"

#include "reports/bench/clock.h"
#include "reports/cli/pairs.h"
#include "reports/cli/pipeline.h"
#include "reports/fuzz/interrupt.h"

#include <stdlib.h>
#include <string.h>

/* Cases that are drawn before any of them is asked. */
#define BATCH 128

#define NAMES_MAX 8

/* Kernels that are asked the same cases. */
struct group {
    const char *names[NAMES_MAX];
    const char *left_out; /* of the cases, in words; NULL: nothing is */
    bool special;         /* cases with NaN and infinities among the operands, too */
    int64_t share;        /* of 100 verdicts */
};

/* GSL's CBLAS skips zeros of a factor, so that 0 times NaN is 0. */
static const struct group groups[] = {
    {.names = {"gslcblas"}, .left_out = "without NaN and infinities", .share = 5},
    {.names = {"naive", "blocked", "avx2", "openblas"}, .special = true, .share = 100},
};

/* BLIS 0.9 reads past the end of outputs of few columns and skips zeros, oneDNN 2.6 fails on dimensions of 0 and stored
 * by columns: what is not known to go wrong there is too little to claim. */
static const char not_asked[] = "blis, onednn: not asked; what is known to go wrong there (README, "
                                "\"Findings in libraries\") is "
                                "in too many of the cases";

struct state {
    const struct vjp_alarm_plan *plan;
    const struct group *group;
    struct vjp_alarms *alarms;
    int64_t until; /* conclusive verdicts */
    double end;
    bool over;
};

static enum vjp_status before(void *env, const struct vjp_case *c, bool *go_on,
                              struct vjp_error *error)
{
    struct state *s = env;
    (void)c;
    (void)error;
    s->over =
        s->alarms->conclusive >= s->until || vjp_clock_now() >= s->end || vjp_interrupt_seen() != 0;
    *go_on = !s->over;
    return VJP_OK;
}

static enum vjp_status after(void *env, const struct vjp_case *c, struct vjp_target *target,
                             int kernel, const struct vjp_record *record, struct vjp_error *error)
{
    struct state *s = env;
    (void)c;
    (void)target;
    (void)kernel;
    const bool failed = record->ran && vjp_verdict_is_failure(record->verdict);
    const bool conclusive = failed || (record->ran && vjp_verdict_is_success(record->verdict));
    s->alarms->conclusive += conclusive;
    s->alarms->inconclusive += !conclusive;
    enum vjp_status status = VJP_OK;
    if (failed)
        status = vjp_alarms_add(s->alarms, record->verdict, record->target, record->reason,
                                record->replay, error);
    return status == VJP_OK ? s->plan->watch(s->plan->env, s->alarms, failed, error) : status;
}

static bool has_special(const struct vjp_case *c)
{
    bool any = false;
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++)
        any |= c->slot[slot].text && c->slot[slot].generator == VJP_GEN_SPECIAL;
    return any;
}

static enum vjp_status draw(const struct state *s, const struct vjp_pairs *pairs,
                            const struct vjp_campaign *campaign, int64_t *next,
                            struct vjp_case_list *out, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < BATCH && status == VJP_OK; i++) {
        struct vjp_case c = {0};
        status = vjp_pairs_draw(pairs, campaign, (*next)++, VJP_ORACLE_AUTO, &c, error);
        if (status == VJP_OK && (s->group->special || !has_special(&c)))
            status = vjp_case_list_add(out, &c, error);
        else if (status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT)
            status = VJP_OK;
        vjp_case_clear(&c);
    }
    return status;
}

static enum vjp_status ask(struct state *s, struct vjp_targets *targets, struct vjp_report *report,
                           struct vjp_error *error)
{
    const struct vjp_pipeline_watch watch = {before, after, s};
    const struct vjp_alarm_plan *plan = s->plan;
    struct vjp_pairs pairs;
    int64_t next = 0;
    enum vjp_status status = vjp_pairs_list(targets, NULL, -1, &pairs, error);
    while (status == VJP_OK && !s->over) {
        struct vjp_case_list cases = {0};
        const struct vjp_pipeline pipeline = {.cases = &cases,
                                              .targets = targets,
                                              .jobs = plan->jobs,
                                              .report = report,
                                              .watch = &watch};
        status = draw(s, &pairs, &plan->campaign, &next, &cases, error);
        if (status == VJP_OK)
            status = vjp_pipeline_run(&pipeline, error);
        s->over |= cases.count == 0;
        vjp_case_list_clear(&cases);
    }
    vjp_pairs_clear(&pairs);
    return status;
}

/* Those of the group that can be used here; a note says who. */
static enum vjp_status choose(const struct group *group, const char *out[NAMES_MAX], int *count,
                              struct vjp_alarms *alarms, struct vjp_error *error)
{
    struct vjp_text asked = {0};
    enum vjp_status status = VJP_OK;
    *count = 0;
    for (int i = 0; i < NAMES_MAX && group->names[i] && status == VJP_OK; i++) {
        struct vjp_targets targets = {0};
        struct vjp_text note = {0};
        status = vjp_targets_open(&group->names[i], 1, false, 0, &targets, error);
        vjp_targets_close(&targets);
        if (status == VJP_OK) {
            vjp_text_add(&asked, "%s%s", *count > 0 ? ", " : "", group->names[i]);
            out[(*count)++] = group->names[i];
        } else if (status == VJP_ERR_USAGE) {
            vjp_text_add(&note, "%s: not asked; %s", group->names[i],
                         vjp_target_find(group->names[i], error) == VJP_OK ? "cannot be loaded"
                                                                           : "not built");
            status = note.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                                 : vjp_alarms_note(alarms, note.data, error);
        }
        vjp_text_clear(&note);
    }
    if (*count > 0)
        vjp_text_add(&asked, ": asked%s%s", group->left_out ? " " : "",
                     group->left_out ? group->left_out : "");
    if (status == VJP_OK && *count > 0)
        status = asked.failed ? vjp_fail(error, VJP_ERR_MEMORY, "out of memory")
                              : vjp_alarms_note(alarms, asked.data, error);
    vjp_text_clear(&asked);
    return status;
}

static enum vjp_status ask_group(const struct vjp_alarm_plan *plan, const struct group *group,
                                 struct vjp_report *report, struct vjp_alarms *alarms,
                                 struct vjp_error *error)
{
    struct vjp_targets targets = {0};
    const char *names[NAMES_MAX];
    int count;
    struct state s = {.plan = plan,
                      .group = group,
                      .alarms = alarms,
                      .until = plan->wanted * group->share / 100,
                      .end = plan->end};
    enum vjp_status status = choose(group, names, &count, alarms, error);
    if (status != VJP_OK || count == 0)
        return status;
    status = vjp_targets_open(names, count, false, 0, &targets, error);
    if (status == VJP_OK)
        status = ask(&s, &targets, report, error);
    vjp_targets_close(&targets);
    return status;
}

enum vjp_status vjp_alarm_run(const struct vjp_alarm_plan *plan, struct vjp_alarms *out,
                              struct vjp_error *error)
{
    const struct vjp_report_options options = {0};
    const struct vjp_run_header header = {
        .version = "", .seed = plan->campaign.seed, .title = "", .checks = plan->wanted};
    const double start = vjp_clock_now();
    struct vjp_report report = {0};
    enum vjp_status status = vjp_report_begin(&options, &header, &report, error);
    out->wanted = plan->wanted;
    report.progress.file = NULL; /* whoever watches tells how far it is */
    for (size_t i = 0; i < sizeof groups / sizeof *groups && status == VJP_OK; i++)
        status = ask_group(plan, &groups[i], &report, out, error);
    if (status == VJP_OK)
        status = vjp_alarms_note(out, not_asked, error);
    out->seconds = vjp_clock_now() - start;
    vjp_report_clear(&report);
    return status;
}
