/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_kernels.h"

#include "cases/gen/generate.h"
#include "cases/line/gradients.h"
#include "cases/line/parse.h"
#include "oracle/metric/flops.h"
#include "reports/bench/clock.h"
#include "reports/cli/ahead.h"
#include "reports/cli/bench_limits.h"
#include "reports/cli/bench_timing.h"
#include "reports/render/bench_cell.h"
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
    bool peer_is_shown;    /* it is not among the others, and has a row of its own */
    struct vjp_text peers; /* of several, what each was alone: "openblas:linear 1.2 ms" */
    char no_ratio
        [256]; /* why there are no ratios to the peer; "": there are, or none is asked for */
};

static void say(struct vjp_bench *bench, const char *doing, const struct vjp_entrant *entrant,
                const struct vjp_case *c)
{
    struct vjp_text line = {0};
    char text[80]; /* of one line of a terminal: a longer one could not be erased */
    vjp_case_print(c, &line);
    snprintf(text, sizeof text, "%s %.30s: %.45s", doing, entrant->target->label[entrant->kernel],
             line.failed ? "" : line.data);
    bench->progress.next = 0; /* what begins takes long: it is not left out */
    vjp_progress_say(&bench->progress, vjp_clock_now(), text);
    vjp_text_clear(&line);
}

/* The target's kernels that serve the case, or the first of them. */
static void add_kernels(struct field *field, struct vjp_target *target, const struct vjp_case *c,
                        bool first)
{
    for (int k = 0; k < target->info->n_kernels; k++) {
        if (!vjp_target_serves(target, k, c))
            continue;
        field->entrant[field->count++] = (struct vjp_entrant){.target = target, .kernel = k};
        if (first)
            return;
    }
}

static bool is_same_kernel(const struct vjp_entrant *a, const struct vjp_entrant *b)
{
    return a->kernel == b->kernel && strcmp(a->target->path, b->target->path) == 0;
}

static enum vjp_status create_field(int most, struct field *out, struct vjp_error *error)
{
    *out = (struct field){.entrant = calloc((size_t)most, sizeof *out->entrant)};
    if (out->entrant)
        return VJP_OK;
    vjp_error_set(error, "out of memory");
    return VJP_ERR_MEMORY;
}

static void disband(struct field *field)
{
    for (int i = 0; i < field->count; i++)
        vjp_entrant_clear(&field->entrant[i]);
    free(field->entrant);
    vjp_text_clear(&field->peers);
}

/* Everybody who serves the case, the peer, NULL for none, first. */
static enum vjp_status gather(const struct vjp_bench *bench, const struct vjp_case *c,
                              const struct vjp_entrant *peer, struct field *out,
                              struct vjp_error *error)
{
    struct field field;
    const enum vjp_status status =
        create_field(bench->targets->count * VJP_KERNELS_MAX + 1, &field, error);
    if (status != VJP_OK)
        return status;
    if (peer)
        field.entrant[field.count++] =
            (struct vjp_entrant){.target = peer->target, .kernel = peer->kernel};
    field.has_peer = field.peer_is_shown = field.count > 0;
    for (int t = 0; t < bench->targets->count; t++)
        add_kernels(&field, &bench->targets->target[t], c, false);
    for (int i = 1; i < field.count && field.has_peer; i++) {
        if (is_same_kernel(&field.entrant[i], &field.entrant[0]))
            field.peer_is_shown = false;
    }
    *out = field;
    return VJP_OK;
}

/* Judges the entrants from the first on that is named, who are targets of the owner. */
static enum vjp_status verify(struct vjp_bench *bench, struct field *field, int first, int end,
                              const struct vjp_targets *owner, const struct vjp_case *c,
                              struct vjp_truth *truth, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = first; i < end && status == VJP_OK; i++) {
        struct vjp_entrant *e = &field->entrant[i];
        say(bench, "verifying", e, c);
        status =
            vjp_question_ask(truth, e->target->info->kernel[e->kernel].kinks, &e->question, error);
        e->question.c = c; /* the truth's, but for the threads */
        if (status == VJP_OK)
            status = vjp_examine(owner, e->target, e->kernel, &e->question, &e->finding, error);
    }
    return status;
}

static enum vjp_status time_all(struct vjp_bench *bench, struct field *field,
                                const struct vjp_case *c, double flops, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    struct vjp_entrant *peer = field->has_peer ? &field->entrant[0] : NULL;
    for (int i = field->has_peer && !field->peer_is_shown; i < field->count && status == VJP_OK;
         i++) {
        struct vjp_entrant *e = &field->entrant[i];
        if (!vjp_entrant_is_right(e))
            continue;
        say(bench, "timing", e, c);
        e->result.flops = flops;
        status = vjp_entrant_time(e, e == peer ? NULL : peer, bench->seconds, error);
    }
    return status;
}

/* Of several peers that are right the one that is fastest by itself, of those that are not the first; in *out its
 * target and kernel, NULL where nobody serves the case. What each was is added to told. */
static enum vjp_status choose_peer(struct vjp_bench *bench, const struct vjp_case *c,
                                   struct vjp_truth *truth, struct field *peers,
                                   struct vjp_text *told, const struct vjp_entrant **out,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int t = 0; t < bench->peers->count; t++)
        add_kernels(peers, &bench->peers->target[t], c, true);
    *out = peers->count > 0 ? &peers->entrant[0] : NULL;
    if (peers->count < 2)
        return VJP_OK;
    status = verify(bench, peers, 0, peers->count, bench->peers, c, truth, error);
    for (int i = 0; i < peers->count && status == VJP_OK; i++) {
        struct vjp_entrant *e = &peers->entrant[i];
        char time[VJP_BENCH_CELL];
        say(bench, "timing", e, c);
        if (vjp_entrant_is_right(e))
            status = vjp_entrant_time(e, NULL, bench->seconds, error);
        const bool is_right = status == VJP_OK && vjp_entrant_is_right(e);
        if (is_right)
            vjp_bench_cell_seconds(e->result.time.median, time);
        vjp_text_add(told, "%s%s %s", i > 0 ? ", " : "", e->target->label[e->kernel],
                     is_right ? time : vjp_verdict_name(e->finding.judgement.verdict));
        if (is_right &&
            (!(*out)->result.timed || e->result.time.median < (*out)->result.time.median))
            *out = e;
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
                 bench->peers->n_requests > 1 ? "none of the peers"
                                              : bench->peers->request[0].text);
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

/* What a mean is taken over: the cases of one layer and dtype, with as many threads, that ask for the same
 * gradients. */
static void name_group(const struct vjp_case *c, struct vjp_text *out)
{
    vjp_text_add(out, "%s", vjp_format(c->dtype)->name);
    vjp_gradients_print(c, out);
    if (c->threads > 1)
        vjp_text_add(out, " threads=%d", c->threads);
}

static enum vjp_status report(struct vjp_bench *bench, const struct vjp_case *c,
                              struct field *field, struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    int count = 0;
    struct vjp_text group = {0};
    struct vjp_bench_result *results = calloc((size_t)field->count + 1, sizeof *results);
    name_group(c, &group);
    if (!results || group.failed || field->peers.failed) {
        free(results);
        vjp_text_clear(&group);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
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
    for (int i = 0; i < count && status == VJP_OK; i++) {
        status = vjp_tally_add(&bench->tally, group.data, &results[i], error);
        if (status == VJP_OK && bench->json->file)
            status = vjp_bench_json_write(bench->json, &results[i], error);
    }
    if (status == VJP_OK) {
        vjp_bench_print_case(results, count, field->peers.data, bench->out);
        fflush(bench->out);
    }
    vjp_text_clear(&group);
    free(results);
    return status;
}

static enum vjp_status bench_variant(struct vjp_bench *bench, const struct vjp_case *c,
                                     struct vjp_truth *truth, double flops, struct vjp_error *error)
{
    struct field field = {0}, peers = {0};
    struct vjp_text told = {0};
    const struct vjp_entrant *peer = NULL;
    enum vjp_status status = VJP_OK;
    if (bench->peers) {
        status = create_field(bench->peers->count, &peers, error);
        if (status == VJP_OK)
            status = choose_peer(bench, c, truth, &peers, &told, &peer, error);
    }
    if (status == VJP_OK)
        status = gather(bench, c, peer, &field, error);
    field.peers = told;
    const int first = field.has_peer;
    if (status == VJP_OK)
        status = verify(bench, &field, 0, first, bench->peers, c, truth, error);
    if (status == VJP_OK)
        status = verify(bench, &field, first, field.count, bench->targets, c, truth, error);
    if (status == VJP_OK)
        status = time_all(bench, &field, c, flops, error);
    if (status == VJP_OK)
        status = report(bench, c, &field, error);
    disband(&field);
    disband(&peers);
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
        status = vjp_truth_init(&truth, c, &data, VJP_ORACLE_WHOLE, vjp_ahead_jobs(), error);
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
