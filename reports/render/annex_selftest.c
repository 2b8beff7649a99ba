/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/annex.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more in *array, of count elements. False where there is none. */
static bool grow(void **array, int count, size_t size)
{
    void *grown = realloc(*array, ((size_t)count + 1) * size);
    *array = grown ? grown : *array;
    return grown != NULL;
}

/* What a later line tells of a plant takes the place of what was known so far; of a plant that was done with it is another
 * run's. */
static bool add_plant(struct vjp_annex_selftest *s, const struct vjp_plant_record *plant)
{
    for (int i = 0; i < s->n_plants; i++) {
        if (s->plant[i].is_so_far && strcmp(s->plant[i].name, plant->name) == 0) {
            s->plant[i] = *plant;
            return true;
        }
    }
    void *array = s->plant;
    if (!grow(&array, s->n_plants, sizeof *s->plant))
        return false;
    s->plant = array;
    s->plant[s->n_plants++] = *plant;
    return true;
}

static bool add_rule(struct vjp_annex_selftest *s, const struct vjp_rule_record *rule)
{
    void *array = s->rule;
    if (!grow(&array, s->n_rules, sizeof *s->rule))
        return false;
    s->rule = array;
    s->rule[s->n_rules++] = *rule;
    return true;
}

static bool add_alarm(struct vjp_annex_selftest *s, const struct vjp_alarm_record *alarm)
{
    void *array = s->alarm;
    if (!grow(&array, s->n_alarms, sizeof *s->alarm))
        return false;
    s->alarm = array;
    s->alarm[s->n_alarms++] = *alarm;
    return true;
}

bool vjp_annex_selftest_add(struct vjp_annex_selftest *selftest, const struct vjp_stream_line *line)
{
    switch (line->type) {
    case VJP_STREAM_PLANT:
    case VJP_STREAM_PLANT_SO_FAR:
        return add_plant(selftest, &line->plant);
    case VJP_STREAM_RULE:
        return add_rule(selftest, &line->rule);
    case VJP_STREAM_ALARM:
        return add_alarm(selftest, &line->alarm);
    case VJP_STREAM_CORRECT_SO_FAR:
        selftest->has_correct = true;
        selftest->conclusion = line->selftest;
        return true;
    default:
        return true;
    }
}

void vjp_annex_selftest_clear(struct vjp_annex_selftest *selftest)
{
    free(selftest->plant);
    free(selftest->rule);
    free(selftest->alarm);
    *selftest = (struct vjp_annex_selftest){.concluded = false};
}

struct vjp_kill *vjp_annex_kills(const struct vjp_annex_selftest *selftest)
{
    struct vjp_kill *kills = calloc((size_t)selftest->n_plants + 1, sizeof *kills);
    for (int i = 0; i < selftest->n_plants && kills; i++) {
        kills[i] = selftest->plant[i].kill;
        kills[i].plant = &selftest->plant[i].plant;
    }
    return kills;
}

bool vjp_annex_passed(const struct vjp_annex_selftest *selftest)
{
    const struct vjp_selftest_conclusion *c = &selftest->conclusion;
    const struct vjp_alarms alarms = {
        .wanted = c->correct_wanted, .conclusive = c->correct_verdicts, .count = c->false_alarms};
    struct vjp_score all;
    bool so_far = false;
    struct vjp_kill *kills = vjp_annex_kills(selftest);
    const bool scored =
        kills && vjp_score_class(kills, selftest->n_plants, 0, &all, NULL) == VJP_OK;
    free(kills);
    for (int i = 0; i < selftest->n_plants; i++)
        so_far |= selftest->plant[i].is_so_far;
    return scored && !so_far && selftest->concluded && c->passed &&
           vjp_score_is_perfect(&all, &alarms);
}
