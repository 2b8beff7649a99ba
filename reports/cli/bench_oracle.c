/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_oracle.h"

#include "reports/bench/clock.h"
#include "reports/bench/limits.h"
#include "reports/bench/peak.h"
#include "reports/bench/race.h"
#include "reports/cli/bench_oracle_stand.h"
#include "reports/render/bench_oracle_json.h"
#include "reports/render/bench_oracle_text.h"
#include "reports/render/terminal.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The shape that goals are set for. */
#define SHAPE_N 64
#define SHAPE_D 4096
#define SHAPE_M 4096

#define SPIN_SECONDS 1e-3

/* What is held against one. */
#define THREADS 2

/* What is measured, in the order of the table. */
enum { MEMORY, GEMM, MPFR, FLINT, TWO, HARD_CANCEL, HARD_WIDE, HARD_SUBNORMAL, GEMM_F64 };
#define N_RATIOS 9

static const struct {
    const char *name;
    enum vjp_stand_kind kind;
    enum vjp_goal sense;
    double goal;
    const char *other; /* until more is known of it */
} ratios[N_RATIOS] = {
    [MEMORY] = {"memory", VJP_STAND_NORMAL, VJP_GOAL_AT_MOST, 4, "size of operands and results"},
    [GEMM] = {"gemm", VJP_STAND_NORMAL, VJP_GOAL_AT_MOST, 3, "OpenBLAS"},
    [MPFR] = {"mpfr_dot", VJP_STAND_NORMAL, VJP_GOAL_AT_LEAST, 400, "MPFR"},
    [FLINT] = {"arb_mat_mul", VJP_STAND_NORMAL, VJP_GOAL_AT_LEAST, 5, "FLINT"},
    [TWO] = {"two_threads", VJP_STAND_NORMAL, VJP_GOAL_AT_LEAST, 1.7, "one thread (own: two)"},
    [HARD_CANCEL] = {"cancel", VJP_STAND_CANCEL, VJP_GOAL_AT_MOST, 15, "itself on normal operands"},
    [HARD_WIDE] = {"wide", VJP_STAND_WIDE, VJP_GOAL_AT_MOST, 15, "itself on normal operands"},
    [HARD_SUBNORMAL] = {"subnormal", VJP_STAND_SUBNORMAL, VJP_GOAL_AT_MOST, 15,
                        "itself on normal operands"},
    [GEMM_F64] = {"gemm_f64", VJP_STAND_F64, VJP_GOAL_AT_MOST, 20, "OpenBLAS"},
};

struct bench {
    const struct vjp_bench_oracle_plan *plan;
    struct vjp_progress progress;
    struct vjp_oracle_ratio ratio[N_RATIOS];
    struct vjp_oracle_operands operands[VJP_STAND_COUNT];
};

static void say(struct bench *b, const char *text)
{
    vjp_progress_say(&b->progress, vjp_clock_now(), text);
}

/* *out is to be closed in any case. */
static enum vjp_status open_stand(const struct bench *b, enum vjp_stand_kind kind,
                                  struct vjp_stand *out, struct vjp_error *error)
{
    return vjp_stand_open(kind, b->operands[kind].line, b->plan->modules, out, error);
}

static enum vjp_status check(struct bench *b, const struct vjp_stand *stand,
                             struct vjp_error *error)
{
    say(b, "self-check");
    return vjp_stand_check(stand, &b->operands[stand->kind], error);
}

/* A rival in a race. */
struct starter {
    struct vjp_rival *rival;
    enum vjp_status status;
    struct vjp_error *error;
};

static bool run_block(void *env, int calls, int64_t *nanoseconds)
{
    struct starter *starter = env;
    for (int i = 0; i < calls && starter->status == VJP_OK; i++) {
        const double begin = vjp_clock_now();
        starter->status = vjp_rival_run(starter->rival, starter->error);
        nanoseconds[i] = (int64_t)(1e9 * (vjp_clock_now() - begin));
        vjp_rival_forget(starter->rival);
    }
    return starter->status == VJP_OK;
}

static double spin(void *env)
{
    return vjp_spin_once(env);
}

/* Times both in turns, as vjp_oracle_ratio_take wants them. */
static enum vjp_status race(struct bench *b, int which, struct vjp_rival *own,
                            struct vjp_rival *other, struct vjp_error *error)
{
    struct vjp_oracle_ratio *r = &b->ratio[which];
    const bool own_first = r->sense == VJP_GOAL_AT_LEAST;
    struct starter starter[2] = {{own_first ? own : other, VJP_OK, error},
                                 {own_first ? other : own, VJP_OK, error}};
    const struct vjp_runner runner[2] = {{run_block, &starter[0]}, {run_block, &starter[1]}};
    struct vjp_spin fixed;
    struct vjp_race result;
    vjp_spin_calibrate(&fixed, SPIN_SECONDS);
    const struct vjp_race_plan plan = {
        .seconds = b->plan->seconds, .spin = spin, .spin_env = &fixed};
    enum vjp_status status = vjp_race_run(runner, 2, &plan, &result, error);
    for (int i = 0; i < 2 && status == VJP_OK; i++)
        status = starter[i].status;
    if (status != VJP_OK)
        return status;
    vjp_oracle_ratio_take(r, &result, vjp_rival_share(own), vjp_rival_share(other));
    return VJP_OK;
}

/* The contraction of a stand against another rival on the same operands. */
static enum vjp_status race_rival(struct bench *b, int which, const struct vjp_stand *stand,
                                  enum vjp_rival_kind_name kind, struct vjp_error *error)
{
    struct vjp_oracle_ratio *r = &b->ratio[which];
    struct vjp_rival *rival = NULL;
    say(b, r->name);
    enum vjp_status status = vjp_stand_rival(stand, kind, 1, &rival, error);
    snprintf(r->own, sizeof r->own, "%s", vjp_rival_label(stand->exact));
    if (status == VJP_ERR_IO) {
        snprintf(r->reason, sizeof r->reason, "%.250s", error->text);
        return VJP_OK;
    }
    if (status == VJP_OK) {
        snprintf(r->other, sizeof r->other, "%s", vjp_rival_label(rival));
        status = race(b, which, stand->exact, rival, error);
    }
    vjp_rival_destroy(rival);
    return status;
}

static enum vjp_status race_threads(struct bench *b, const struct vjp_stand *stand,
                                    struct vjp_error *error)
{
    struct vjp_oracle_ratio *r = &b->ratio[TWO];
    struct vjp_rival *two = NULL;
    say(b, r->name);
    enum vjp_status status = vjp_stand_rival(stand, VJP_RIVAL_EXACT, THREADS, &two, error);
    if (status == VJP_OK) {
        snprintf(r->own, sizeof r->own, "%s", vjp_rival_label(two));
        status = race(b, TWO, two, stand->exact, error);
    }
    vjp_rival_destroy(two);
    return status;
}

/* What the child whose memory is counted holds. */
struct child {
    const struct bench *bench;
    struct vjp_stand stand;
};

static enum vjp_status prepare_child(void *env, struct vjp_error *error)
{
    struct child *child = env;
    return open_stand(child->bench, VJP_STAND_NORMAL, &child->stand, error);
}

static enum vjp_status run_child(void *env, struct vjp_error *error)
{
    struct child *child = env;
    return vjp_rival_run(child->stand.exact, error);
}

static enum vjp_status count_memory(struct bench *b, struct vjp_error *error)
{
    const struct vjp_bench_oracle_plan *p = b->plan;
    struct vjp_oracle_ratio *r = &b->ratio[MEMORY];
    struct child child = {.bench = b};
    const struct vjp_peak_work work = {prepare_child, run_child, &child};
    double value;
    say(b, r->name);
    const enum vjp_status status = vjp_peak_measure(&work, &r->own_amount, error);
    snprintf(r->own, sizeof r->own, "exact contraction (%s), 1 thread",
             vjp_rival_exact_instructions());
    if (status == VJP_ERR_IO) {
        snprintf(r->reason, sizeof r->reason, "%.250s", error->text);
        return VJP_OK;
    }
    /* x and dx, w and dw, dy, in f32. */
    r->other_amount = 4.0 * (double)(2 * p->N * p->D + 2 * p->D * p->M + p->N * p->M);
    r->measured = status == VJP_OK;
    r->unit = "B";
    r->share = 1;
    value = r->own_amount / r->other_amount;
    vjp_sample_make(&value, 1, &r->ratio);
    return status;
}

/* Hard operands against the normal ones. */
static enum vjp_status race_hard(struct bench *b, int which, const struct vjp_stand *normal,
                                 struct vjp_error *error)
{
    struct vjp_oracle_ratio *r = &b->ratio[which];
    struct vjp_stand hard;
    say(b, r->name);
    enum vjp_status status = open_stand(b, ratios[which].kind, &hard, error);
    if (status == VJP_OK) {
        snprintf(r->own, sizeof r->own, "%s", vjp_rival_label(hard.exact));
        status = race(b, which, hard.exact, normal->exact, error);
    }
    if (status == VJP_OK)
        status = check(b, &hard, error);
    vjp_stand_close(&hard);
    return status;
}

static enum vjp_status measure_normal(struct bench *b, struct vjp_error *error)
{
    struct vjp_stand normal;
    enum vjp_status status = open_stand(b, VJP_STAND_NORMAL, &normal, error);
    if (status == VJP_OK)
        status = race_rival(b, GEMM, &normal, VJP_RIVAL_OPENBLAS, error);
    if (status == VJP_OK)
        status = race_rival(b, MPFR, &normal, VJP_RIVAL_MPFR_DOT, error);
    if (status == VJP_OK)
        status = race_rival(b, FLINT, &normal, VJP_RIVAL_FLINT, error);
    if (status == VJP_OK)
        status = race_threads(b, &normal, error);
    if (status == VJP_OK)
        status = check(b, &normal, error);
    for (int which = HARD_CANCEL; which <= HARD_SUBNORMAL && status == VJP_OK; which++)
        status = race_hard(b, which, &normal, error);
    vjp_stand_close(&normal);
    return status;
}

static enum vjp_status measure_f64(struct bench *b, struct vjp_error *error)
{
    struct vjp_stand stand;
    enum vjp_status status = open_stand(b, VJP_STAND_F64, &stand, error);
    if (status == VJP_OK)
        status = race_rival(b, GEMM_F64, &stand, VJP_RIVAL_OPENBLAS, error);
    if (status == VJP_OK)
        status = check(b, &stand, error);
    vjp_stand_close(&stand);
    return status;
}

static void init_bench(struct bench *b, const struct vjp_bench_oracle_plan *plan)
{
    *b = (struct bench){.plan = plan};
    for (int k = 0; k < VJP_STAND_COUNT; k++)
        vjp_stand_describe((enum vjp_stand_kind)k, plan, &b->operands[k]);
    for (int i = 0; i < N_RATIOS; i++) {
        struct vjp_oracle_ratio *r = &b->ratio[i];
        r->name = ratios[i].name;
        r->operands = b->operands[ratios[i].kind].name;
        r->sense = ratios[i].sense;
        r->goal = plan->goals ? ratios[i].goal : NAN;
        snprintf(r->other, sizeof r->other, "%s", ratios[i].other);
    }
}

static enum vjp_status write_json(const struct bench *b, struct vjp_sink *sink,
                                  struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < N_RATIOS && status == VJP_OK; i++)
        status = vjp_bench_json_ratio(sink, &b->ratio[i], error);
    for (int k = 0; k < VJP_STAND_COUNT && status == VJP_OK; k++)
        status = vjp_bench_json_operands(sink, &b->operands[k], error);
    return status == VJP_OK ? vjp_sink_commit(sink, error) : status;
}

enum vjp_status vjp_bench_oracle(const struct vjp_bench_oracle_plan *plan, struct vjp_error *error)
{
    struct bench b;
    struct vjp_sink sink = {0};
    char cpu[128];
    enum vjp_status status = plan->json ? vjp_sink_open(plan->json, &sink, error) : VJP_OK;
    if (status != VJP_OK)
        return status;
    FILE *out = sink.file == stdout ? stderr : stdout;
    init_bench(&b, plan);
    vjp_progress_init(&b.progress, stderr);
    fprintf(out, "vjpcheck %s, %s\n\n", VJP_VERSION, vjp_limits_cpu(cpu, sizeof cpu));
    /* The memory first: the child has what this process has. */
    status = count_memory(&b, error);
    if (status == VJP_OK)
        status = measure_normal(&b, error);
    if (status == VJP_OK)
        status = measure_f64(&b, error);
    vjp_progress_erase(&b.progress);
    if (status == VJP_OK) {
        fprintf(out,
                "the exact contraction of dx and dw of linear, N=%" PRId64 " D=%" PRId64
                " M=%" PRId64 ", on one thread, %s\n",
                plan->N, plan->D, plan->M, vjp_rival_exact_instructions());
        vjp_bench_print_ratios(b.ratio, N_RATIOS, out);
        vjp_bench_print_operands(b.operands, VJP_STAND_COUNT, out);
    }
    if (status == VJP_OK && sink.file)
        status = write_json(&b, &sink, error);
    vjp_sink_clear(&sink);
    return status;
}

enum vjp_status vjp_bench_oracle_shape(const char *text, struct vjp_bench_oracle_plan *out,
                                       struct vjp_error *error)
{
    int64_t dim[3] = {SHAPE_N, SHAPE_D, SHAPE_M};
    const char *at = text;
    for (int i = 0; text && i < 3; i++) {
        char *end = NULL;
        errno = 0;
        dim[i] = isdigit((unsigned char)*at) ? strtoll(at, &end, 10) : 0;
        if (dim[i] < 1 || dim[i] > INT32_MAX || errno != 0 || *end != (i < 2 ? ',' : '\0'))
            return vjp_fail(error, VJP_ERR_USAGE,
                            "--shape %s: expected three sizes from 1, N,D,M, as 64,4096,4096",
                            text);
        at = end + 1;
    }
    out->N = dim[0];
    out->D = dim[1];
    out->M = dim[2];
    out->goals = dim[0] == SHAPE_N && dim[1] == SHAPE_D && dim[2] == SHAPE_M;
    return VJP_OK;
}
