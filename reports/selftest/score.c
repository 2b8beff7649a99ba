/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/selftest/score.h"

#include "reports/bench/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void vjp_kill_clear(struct vjp_kill *kill)
{
    free(kill->replay);
    *kill = (struct vjp_kill){0};
}

const char *vjp_fate_name(enum vjp_fate fate)
{
    static const char *const names[] = {
        [VJP_FATE_NOT_RUN] = "not run",       [VJP_FATE_MISSED] = "missed",
        [VJP_FATE_OTHER] = "another verdict", [VJP_FATE_PINNED] = "pinned",
        [VJP_FATE_CAUGHT] = "caught",
    };
    return names[fate];
}

bool vjp_verdict_is_alike(enum vjp_verdict named, enum vjp_verdict got)
{
    static const enum vjp_verdict alike[][2] = {
        /* A sum in f16 is inaccurate where few terms are added, and wrong where its error is more than any format
         * explains. */
        {VJP_VERDICT_WRONG, VJP_VERDICT_INACCURATE},
        /* What lies beside a tensor is a guard page or not mapped at all: it depends on how far the access goes. */
        {VJP_VERDICT_OUT_OF_BOUNDS, VJP_VERDICT_CRASHED},
        /* A kernel that counts its calls differs from one call to the next, and from a fresh process to a used one:
         * which is seen first depends on what was asked before. */
        {VJP_VERDICT_NONDETERMINISTIC, VJP_VERDICT_STATE_DEPENDENT},
    };
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        if ((named == alike[i][0] && got == alike[i][1]) ||
            (named == alike[i][1] && got == alike[i][0]))
            return true;
    }
    return named == got;
}

enum vjp_fate vjp_kill_fate(const struct vjp_kill *kill)
{
    bool ran = false, caught = false;
    for (int i = 0; i < kill->tries; i++) {
        ran |= kill->attempt[i].ran;
        caught |= kill->attempt[i].caught;
    }
    if (caught || kill->pinned)
        return caught ? VJP_FATE_CAUGHT : VJP_FATE_PINNED;
    if (!ran)
        return VJP_FATE_NOT_RUN;
    return kill->has_other ? VJP_FATE_OTHER : VJP_FATE_MISSED;
}

enum vjp_verdict vjp_kill_verdict(const struct vjp_kill *kill)
{
    for (int i = 0; i < kill->tries; i++) {
        if (kill->attempt[i].caught)
            return kill->attempt[i].verdict;
    }
    if (kill->pinned)
        return kill->pinned_verdict;
    return kill->has_other ? kill->other : VJP_VERDICT_UNSUPPORTED;
}

/* Sorts the values. */
static double median(double *values, int count)
{
    struct vjp_sample sample;
    vjp_sample_make(values, count, &sample);
    return sample.median;
}

double vjp_kill_cases(const struct vjp_kill *kill)
{
    double cases[VJP_TRIES_MAX];
    int count = 0;
    for (int i = 0; i < kill->tries; i++) {
        if (kill->attempt[i].caught)
            cases[count++] = (double)kill->attempt[i].cases;
    }
    return median(cases, count);
}

double vjp_kill_seconds(const struct vjp_kill *kill)
{
    double seconds[VJP_TRIES_MAX];
    int count = 0;
    for (int i = 0; i < kill->tries; i++) {
        if (kill->attempt[i].caught)
            seconds[count++] = kill->attempt[i].seconds;
    }
    return median(seconds, count);
}

static void count_tries(const struct vjp_kill *kill, struct vjp_score *score)
{
    for (int i = 0; i < kill->tries; i++) {
        score->tries++;
        score->tries_not_run += !kill->attempt[i].ran;
    }
}

enum vjp_status vjp_score_class(const struct vjp_kill *kills, int count, int number,
                                struct vjp_score *out, struct vjp_error *error)
{
    struct vjp_score score = {0};
    double *values = calloc(4 * (size_t)count + 1, sizeof *values);
    if (!values)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    double *cases = values, *seconds = cases + count, *dims = seconds + count,
           *elements = dims + count;
    int sizes = 0;
    for (int i = 0; i < count; i++) {
        const struct vjp_kill *kill = &kills[i];
        if (number != 0 && !(kill->plant->classes >> number & 1))
            continue;
        const enum vjp_fate fate = vjp_kill_fate(kill);
        if (fate == VJP_FATE_CAUGHT) {
            const int k = score.fate[VJP_FATE_CAUGHT];
            cases[k] = vjp_kill_cases(kill);
            seconds[k] = vjp_kill_seconds(kill);
            score.quick += seconds[k] < VJP_SCORE_QUICK;
        }
        if (kill->has_size) {
            dims[sizes] = (double)kill->dims;
            elements[sizes++] = (double)kill->elements;
        }
        score.verdict[vjp_kill_verdict(kill)] += fate >= VJP_FATE_PINNED;
        score.fate[fate]++;
        score.plants++;
        count_tries(kill, &score);
    }
    score.cases = median(cases, score.fate[VJP_FATE_CAUGHT]);
    score.seconds = median(seconds, score.fate[VJP_FATE_CAUGHT]);
    score.dims = median(dims, sizes);
    score.elements = median(elements, sizes);
    free(values);
    *out = score;
    return VJP_OK;
}

enum vjp_status vjp_alarms_add(struct vjp_alarms *alarms, enum vjp_verdict verdict,
                               const char *target, const char *reason, const char *replay,
                               struct vjp_error *error)
{
    alarms->count++;
    if (alarms->n_kept == VJP_ALARMS_KEPT)
        return VJP_OK;
    struct vjp_alarm *grown =
        realloc(alarms->kept, ((size_t)alarms->n_kept + 1) * sizeof *alarms->kept);
    if (!grown)
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    alarms->kept = grown;
    struct vjp_alarm *alarm = &grown[alarms->n_kept++];
    *alarm = (struct vjp_alarm){verdict, strdup(target), strdup(reason), strdup(replay)};
    return alarm->target && alarm->reason && alarm->replay
               ? VJP_OK
               : vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
}

enum vjp_status vjp_alarms_note(struct vjp_alarms *alarms, const char *note,
                                struct vjp_error *error)
{
    char **grown = realloc(alarms->note, ((size_t)alarms->n_notes + 1) * sizeof *grown);
    if (grown)
        alarms->note = grown;
    char *copy = strdup(note);
    if (!grown || !copy) {
        free(copy);
        return vjp_fail(error, VJP_ERR_MEMORY, "out of memory");
    }
    grown[alarms->n_notes++] = copy;
    return VJP_OK;
}

void vjp_alarms_clear(struct vjp_alarms *alarms)
{
    for (int i = 0; i < alarms->n_kept; i++) {
        free(alarms->kept[i].target);
        free(alarms->kept[i].reason);
        free(alarms->kept[i].replay);
    }
    for (int i = 0; i < alarms->n_notes; i++)
        free(alarms->note[i]);
    free(alarms->kept);
    free(alarms->note);
    *alarms = (struct vjp_alarms){0};
}

bool vjp_score_is_perfect(const struct vjp_score *all, const struct vjp_alarms *alarms)
{
    return all->plants > 0 &&
           all->fate[VJP_FATE_CAUGHT] + all->fate[VJP_FATE_PINNED] == all->plants &&
           all->tries_not_run == 0 && alarms->count == 0 && alarms->conclusive >= alarms->wanted &&
           alarms->conclusive > 0;
}
