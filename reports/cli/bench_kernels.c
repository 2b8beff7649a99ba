/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_kernels.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "oracle/metric/flops.h"
#include "reports/bench/clock.h"
#include "reports/cli/ahead.h"
#include "reports/cli/bench_limits.h"
#include "reports/cli/bench_timing.h"
#include "reports/render/bench_json.h"
#include "reports/render/bench_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those who take part on one case: the peer first, where there is one. */
struct field {
    struct vjp_entrant *entrant;
    int count;
    bool has_peer;
    bool peer_is_shown; /* it is not among the others, and has a row of its own */
    char no_ratio
        [256]; /* why there are no ratios to the peer; "": there are, or none is asked for */
};

static void say(struct vjp_bench *bench, const char *doing, const struct vjp_entrant *entrant)
{
    struct vjp_text line = {0};
    char text[80]; /* of one line of a terminal: a longer one could not be erased */
    vjp_case_print(entrant->question.c, &line);
    snprintf(text, sizeof text, "%s %.30s: %.45s", doing, entrant->target->label[entrant->kernel],
             line.failed ? "" : line.data);
    bench->progress.next = 0; /* what begins takes long: it is not left out */
    vjp_progress_say(&bench->progress, vjp_clock_now(), text);
    vjp_text_clear(&line);
}

static void add_kernels(struct field *field, struct vjp_targets *targets, const struct vjp_case *c,
                        int most)
{
    for (int t = 0; t < targets->count; t++) {
        struct vjp_target *target = &targets->target[t];
        for (int k = 0; k < target->info->n_kernels && field->count < most; k++) {
            if (vjp_target_serves(target, k, c))
                field->entrant[field->count++] =
                    (struct vjp_entrant){.target = target, .kernel = k};
        }
    }
}

static bool is_same_kernel(const struct vjp_entrant *a, const struct vjp_entrant *b)
{
    return a->kernel == b->kernel && strcmp(a->target->path, b->target->path) == 0;
}

/* Everybody who serves the case. Of several kernels of the peer's plug-in the first takes part. */
static enum vjp_status gather(const struct vjp_bench *bench, const struct vjp_case *c,
                              struct field *out, struct vjp_error *error)
{
    const int most = bench->targets->count * VJP_KERNELS_MAX + 1;
    struct field field = {.entrant = calloc((size_t)most, sizeof *field.entrant)};
    if (!field.entrant)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    if (bench->peers)
        add_kernels(&field, bench->peers, c, 1);
    field.has_peer = field.peer_is_shown = field.count > 0;
    add_kernels(&field, bench->targets, c, most);
    for (int i = 1; i < field.count && field.has_peer; i++) {
        if (is_same_kernel(&field.entrant[i], &field.entrant[0]))
            field.peer_is_shown = false;
    }
    *out = field;
    return VJP_OK;
}

static void disband(struct field *field)
{
    for (int i = 0; i < field->count; i++)
        vjp_entrant_clear(&field->entrant[i]);
    free(field->entrant);
}

static enum vjp_status verify(struct vjp_bench *bench, struct field *field,
                              const struct vjp_case *c, struct vjp_truth *truth,
                              struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < field->count && status == VJP_OK; i++) {
        struct vjp_entrant *e = &field->entrant[i];
        const struct vjp_targets *owner = field->has_peer && i == 0 ? bench->peers : bench->targets;
        e->question = (struct vjp_question){.c = c, .data = truth->data};
        say(bench, "verifying", e);
        status = vjp_truth_find(truth, e->target->info->kernel[e->kernel].kinks,
                                &e->question.reference, error);
        if (status == VJP_OK)
            status = vjp_examine(owner, e->target, e->kernel, &e->question, &e->finding, error);
    }
    return status;
}

static enum vjp_status time_all(struct vjp_bench *bench, struct field *field, double flops,
                                struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_entrant *peer = field->has_peer ? &field->entrant[0] : NULL;
    for (int i = peer && !field->peer_is_shown ? 1 : 0; i < field->count && status == VJP_OK; i++) {
        struct vjp_entrant *e = &field->entrant[i];
        if (!vjp_entrant_is_right(e))
            continue;
        say(bench, "timing", e);
        e->result.flops = flops;
        status = vjp_entrant_time(e, e == peer ? NULL : peer, bench->seconds, error);
    }
    return status;
}

/* Completes a result with all that was not measured. */
static enum vjp_status complete(struct vjp_bench *bench, struct vjp_entrant *e,
                                struct vjp_error *error)
{
    struct vjp_bench_result *r = &e->result;
    const struct vjp_judgement *judgement = &e->finding.judgement;
    const enum vjp_status status =
        vjp_account_make(e->question.c, e->target, e->kernel, &e->finding, &e->account, error);
    if (status != VJP_OK)
        return status;
    if (e->fell) /* what it takes is many calls in one process */
        vjp_text_add(&e->account.replay, " --repeat 1000");
    r->line = e->account.line.data;
    r->target = e->account.record.target;
    r->plugin = e->account.record.plugin;
    r->version = e->target->info->version;
    r->cpu = bench->machine.cpu;
    r->threads = e->question.c->threads;
    r->verdict = vjp_verdict_name(judgement->verdict);
    r->reason = judgement->reason;
    r->replay = e->account.replay.data;
    if (r->timed) {
        const enum vjp_status set = vjp_bench_limits_set(&bench->machine, e, error);
        if (set != VJP_OK)
            return set;
    }
    bench->timed += r->timed;
    bench->failed += r->above_peak || vjp_verdict_is_failure(judgement->verdict);
    return VJP_OK;
}

/* A ratio to a peer without a number is none, also where it was measured before that came out. */
static void settle_ratios(const struct vjp_bench *bench, struct field *field)
{
    const struct vjp_entrant *peer = &field->entrant[0];
    if (!bench->peers)
        return;
    if (!field->has_peer)
        snprintf(field->no_ratio, sizeof field->no_ratio, "%s serves no such case",
                 bench->peers->request[0].text);
    bool lost = field->has_peer && !vjp_entrant_is_right(peer);
    for (int i = 0; i < field->count && field->has_peer; i++)
        lost |= field->entrant[i].result.above_peak && is_same_kernel(&field->entrant[i], peer);
    if (lost)
        snprintf(field->no_ratio, sizeof field->no_ratio, "%s has no number",
                 peer->target->label[peer->kernel]);
    for (int i = 0; i < field->count && field->no_ratio[0]; i++) {
        field->entrant[i].result.against = NULL;
        field->entrant[i].result.no_ratio = field->no_ratio;
    }
}

/* Of a peer that is a TARGET, too, there are two: the other one is left out, or, where the peer alone turned out wrong,
 * the target. */
static bool is_left_out(const struct field *field, int i)
{
    const struct vjp_entrant *peer = &field->entrant[0];
    int twin = 0;
    if (!field->has_peer || field->peer_is_shown)
        return false;
    for (int k = 1; k < field->count; k++)
        twin = is_same_kernel(&field->entrant[k], peer) ? k : twin;
    const bool peer_stands =
        !vjp_entrant_is_right(peer) && vjp_entrant_is_right(&field->entrant[twin]);
    return i == (peer_stands ? twin : 0);
}

static enum vjp_status report(struct vjp_bench *bench, struct field *field, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int count = 0;
    struct vjp_bench_result *results = calloc((size_t)field->count + 1, sizeof *results);
    if (!results)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    for (int i = 0; i < field->count && status == VJP_OK; i++)
        status = complete(bench, &field->entrant[i], error);
    settle_ratios(bench, field);
    for (int i = 0; i < field->count; i++) {
        const struct vjp_entrant *e = &field->entrant[i];
        if (is_left_out(field, i))
            continue;
        results[count++] = e->result;
        bench->results++;
    }
    vjp_progress_erase(&bench->progress);
    for (int i = 0; i < count && status == VJP_OK && bench->json->file; i++)
        status = vjp_bench_json_write(bench->json, &results[i], error);
    if (status == VJP_OK) {
        vjp_bench_print_case(results, count, bench->out);
        fflush(bench->out);
    }
    free(results);
    return status;
}

static enum vjp_status bench_variant(struct vjp_bench *bench, const struct vjp_case *c,
                                     struct vjp_truth *truth, double flops, struct vjp_error *error)
{
    struct field field = {0};
    enum vjp_status status = gather(bench, c, &field, error);
    if (status == VJP_OK)
        status = verify(bench, &field, c, truth, error);
    if (status == VJP_OK)
        status = time_all(bench, &field, flops, error);
    if (status == VJP_OK)
        status = report(bench, &field, error);
    disband(&field);
    return status;
}

enum vjp_status vjp_bench_case(struct vjp_bench *bench, const struct vjp_case *c,
                               const int *threads, int n_threads, struct vjp_error *error)
{
    struct vjp_data data = {0};
    struct vjp_truth truth = {0};
    const double flops = vjp_flops_count(c);
    vjp_progress_say(&bench->progress, vjp_clock_now(), "deriving the truth");
    enum vjp_status status = vjp_data_generate(c, &data, error);
    if (status == VJP_OK)
        status = vjp_truth_init(&truth, c, &data, VJP_ORACLE_AUTO, vjp_ahead_jobs(), error);
    /* Threads change nothing of what is true. */
    for (int i = 0; i < (n_threads > 0 ? n_threads : 1) && status == VJP_OK; i++) {
        struct vjp_case variant = {0};
        status = vjp_case_copy(&variant, c, error);
        if (status == VJP_OK && n_threads > 0)
            variant.threads = threads[i];
        if (status == VJP_OK)
            status = bench_variant(bench, &variant, &truth, flops, error);
        vjp_case_clear(&variant);
    }
    vjp_truth_clear(&truth);
    vjp_data_clear(&data);
    if (status != VJP_OK)
        vjp_case_prefix(c, error);
    return status;
}
