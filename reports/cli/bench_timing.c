/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_timing.h"

#include "impls/host/timing.h"
#include "reports/bench/clock.h"
#include "reports/bench/race.h"

#include <stdio.h>
#include <string.h>

_Static_assert(VJP_RACE_CALLS_MAX == VJP_TIMING_CALLS_MAX, "a block of a race is one of a timing");

/* Long beside the clock, short beside a block. */
#define SPIN_SECONDS 2e-4

void vjp_entrant_clear(struct vjp_entrant *entrant)
{
    vjp_account_clear(&entrant->account);
    vjp_finding_clear(&entrant->finding);
    *entrant = (struct vjp_entrant){0};
}

bool vjp_entrant_is_right(const struct vjp_entrant *entrant)
{
    return vjp_verdict_is_success(entrant->finding.judgement.verdict);
}

/* Whether timed calls left the bits that were judged, in the same placement. */
static bool is_same_answer(const struct vjp_case *c, const struct vjp_observation *judged,
                           const struct vjp_observation *timed)
{
    for (int slot = 0; slot < vjp_slot_count(c->spec); slot++) {
        const struct vjp_tensor *a = &judged->answer[0][slot];
        const struct vjp_tensor *b = &timed->answer[0][slot];
        if (!a->data && !b->data)
            continue;
        if (!a->data || !b->data || a->count != b->count ||
            memcmp(a->data, b->data, (size_t)(a->count * vjp_format(a->dtype)->bytes)) != 0)
            return false;
    }
    return true;
}

/* Judges what was seen of timed calls, where it is not what has been judged before. */
static void judge_timed(struct vjp_entrant *entrant, const struct vjp_observation *seen)
{
    const struct vjp_case *c = entrant->question.c;
    struct vjp_judgement judgement;
    char reason[sizeof judgement.reason];
    if (seen->outcome == VJP_COMPLETED && !seen->out_of_bounds.found &&
        !seen->input_changed.found && seen->fp_environment[0] == '\0' &&
        is_same_answer(c, &entrant->finding.seen, seen))
        return;
    /* The judge looks at both placements. There was one: it stands for both. */
    struct vjp_observation both = *seen;
    memcpy(both.answer[1], both.answer[0], sizeof both.answer[1]);
    vjp_timing_find_unwritten(&both);
    vjp_judge(c, &entrant->target->info->kernel[entrant->kernel], entrant->question.reference,
              &both, &judgement);
    if (vjp_verdict_is_success(judgement.verdict))
        return;
    snprintf(reason, sizeof reason, "while it was timed: %.480s", judgement.reason);
    memcpy(judgement.reason, reason, sizeof reason);
    entrant->finding.judgement = judgement;
    entrant->fell = true;
}

/* One that takes part in a heat. */
struct starter {
    struct vjp_entrant *entrant;
    struct vjp_timing *timing;
    bool asked; /* for a block at least: there is something to judge */
};

/* A block whose last call left a wrong answer has not completed. */
static bool ask_block(void *env, int calls, int64_t *nanoseconds)
{
    struct starter *starter = env;
    struct vjp_observation seen;
    starter->asked = true;
    if (!vjp_timing_block(starter->timing, calls, nanoseconds))
        return false;
    vjp_timing_look(starter->timing, &seen);
    judge_timed(starter->entrant, &seen);
    return vjp_entrant_is_right(starter->entrant);
}

static double spin(void *env)
{
    return vjp_spin_once(env);
}

/* The two that are timed in turns, or the one. */
struct heat {
    struct starter starter[2];
    int count;
};

static enum vjp_status open_heat(struct heat *heat, struct vjp_error *error)
{
    for (int i = 0; i < heat->count; i++) {
        struct vjp_entrant *e = heat->starter[i].entrant;
        const enum vjp_status status =
            vjp_timing_begin(e->target->worker, e->kernel, e->question.c, e->question.data,
                             &heat->starter[i].timing, error);
        if (status != VJP_OK)
            return status;
    }
    return VJP_OK;
}

static void close_heat(struct heat *heat)
{
    for (int i = 0; i < heat->count; i++) {
        struct starter *starter = &heat->starter[i];
        struct vjp_entrant *e = starter->entrant;
        struct vjp_observation seen;
        if (!starter->timing)
            continue;
        e->read = vjp_timing_bytes_read(starter->timing);
        e->written = vjp_timing_bytes_written(starter->timing);
        vjp_timing_end(starter->timing, &seen);
        if (starter->asked && vjp_entrant_is_right(e)) /* else the first block that fell is told */
            judge_timed(e, &seen);
        vjp_observation_clear(&seen);
    }
}

static enum vjp_status run_heat(struct heat *heat, double seconds, struct vjp_race *out,
                                struct vjp_error *error)
{
    struct vjp_runner runner[2];
    struct vjp_spin fixed;
    vjp_spin_calibrate(&fixed, SPIN_SECONDS);
    const struct vjp_race_plan plan = {.seconds = seconds, .spin = spin, .spin_env = &fixed};
    enum vjp_status status = open_heat(heat, error);
    for (int i = 0; i < heat->count; i++)
        runner[i] = (struct vjp_runner){.block = ask_block, .env = &heat->starter[i]};
    if (status == VJP_OK)
        status = vjp_race_run(runner, heat->count, &plan, out, error);
    close_heat(heat);
    return status;
}

static void take_result(struct vjp_entrant *entrant, const struct vjp_race *race,
                        const struct vjp_entrant *peer)
{
    struct vjp_bench_result *r = &entrant->result;
    r->timed = true;
    r->calls = race->calls[0];
    r->time = race->time[0];
    r->noise = vjp_sample_spread(&race->spin);
    r->bytes = (double)(entrant->read + entrant->written);
    if (peer) {
        r->against = peer->target->label[peer->kernel];
        r->ratio = race->ratio;
    }
}

enum vjp_status vjp_entrant_time(struct vjp_entrant *entrant, struct vjp_entrant *peer,
                                 double seconds, struct vjp_error *error)
{
    /* A second time, alone, where it is the peer that fell. */
    for (int heats = 0; heats < 2 && vjp_entrant_is_right(entrant); heats++) {
        struct vjp_race race;
        if (peer && !vjp_entrant_is_right(peer))
            peer = NULL;
        struct heat heat = {.starter = {{.entrant = entrant}, {.entrant = peer}},
                            .count = peer ? 2 : 1};
        const enum vjp_status status = run_heat(&heat, seconds, &race, error);
        if (status != VJP_OK)
            return status;
        if (peer && !vjp_entrant_is_right(peer))
            continue;
        if (vjp_entrant_is_right(entrant))
            take_result(entrant, &race, peer);
        break;
    }
    return VJP_OK;
}
