/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/selftest.h"

#include "reports/render/json_line.h"

#include <inttypes.h>

static json_t *make_classes(const struct vjp_plant *plant)
{
    json_t *classes = json_array();
    for (int number = 1; number < VJP_FAULT_CLASSES; number++) {
        if (plant->classes >> number & 1 &&
            json_array_append_new(classes, json_integer(number)) != 0) {
            json_decref(classes);
            return NULL;
        }
    }
    return classes;
}

static json_t *make_try(const struct vjp_selftest_record *record, const struct vjp_try *attempt,
                        int number)
{
    struct vjp_json_line object = {.json = json_object()};
    char seed[32];
    snprintf(seed, sizeof seed, "0x%" PRIx64, record->seed + (uint64_t)number);
    vjp_json_set(&object, "seed", json_string(seed));
    vjp_json_set(&object, "ran", json_boolean(attempt->ran));
    vjp_json_set(&object, "cases", json_integer(attempt->cases));
    vjp_json_set(&object, "seconds", vjp_json_number(attempt->seconds));
    if (attempt->caught)
        vjp_json_set(&object, "verdict", json_string(vjp_verdict_name(attempt->verdict)));
    if (!object.failed)
        return object.json;
    json_decref(object.json);
    return NULL;
}

static enum vjp_status write_plant(struct vjp_sink *sink, const struct vjp_selftest_record *record,
                                   const struct vjp_kill *kill, struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("plant");
    const enum vjp_fate fate = vjp_kill_fate(kill);
    json_t *tries = json_array();
    vjp_json_set(&line, "plant", vjp_json_text(kill->plant->name));
    vjp_json_set(&line, "classes", make_classes(kill->plant));
    vjp_json_set(&line, "named", json_string(vjp_verdict_name(kill->plant->verdict)));
    vjp_json_set(&line, "fate", json_string(vjp_fate_name(fate)));
    if (fate >= VJP_FATE_OTHER)
        vjp_json_set(&line, "verdict", json_string(vjp_verdict_name(vjp_kill_verdict(kill))));
    if (kill->has_other)
        vjp_json_set(&line, "other", json_string(vjp_verdict_name(kill->other)));
    for (int i = 0; i < kill->tries; i++)
        line.failed |= json_array_append_new(tries, make_try(record, &kill->attempt[i], i)) != 0;
    vjp_json_set(&line, "campaigns", tries);
    if (kill->has_size) {
        vjp_json_set(&line, "sizes", json_integer(kill->dims));
        vjp_json_set(&line, "elements", json_integer(kill->elements));
    }
    vjp_json_set(&line, "replay", vjp_json_text(kill->replay));
    return vjp_json_end(&line, sink, error);
}

static void set_votes(struct vjp_json_line *line, const char *key, const struct vjp_votes *votes)
{
    struct vjp_json_line object = {.json = json_object()};
    vjp_json_set(&object, "accept", json_integer(votes->accept));
    vjp_json_set(&object, "refuse", json_integer(votes->refuse));
    vjp_json_set(&object, "no_opinion", json_integer(votes->none));
    line->failed |= object.failed;
    vjp_json_set(line, key, object.json);
}

static enum vjp_status write_rule(struct vjp_sink *sink, const struct vjp_ballot *ballot, int rule,
                                  struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("rule");
    vjp_json_set(&line, "rule", json_string(vjp_rules[rule].name));
    vjp_json_set(&line, "source", json_string(vjp_rules[rule].source));
    set_votes(&line, "defects", &ballot->defects[rule]);
    set_votes(&line, "right", &ballot->correct[rule]);
    return vjp_json_end(&line, sink, error);
}

static enum vjp_status write_alarm(struct vjp_sink *sink, const struct vjp_alarm *alarm,
                                   struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("alarm");
    vjp_json_set(&line, "target", vjp_json_text(alarm->target));
    vjp_json_set(&line, "verdict", json_string(vjp_verdict_name(alarm->verdict)));
    vjp_json_set(&line, "reason", vjp_json_text(alarm->reason));
    vjp_json_set(&line, "replay", vjp_json_text(alarm->replay));
    return vjp_json_end(&line, sink, error);
}

static enum vjp_status write_summary(struct vjp_sink *sink,
                                     const struct vjp_selftest_record *record,
                                     struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("summary");
    const struct vjp_score *all = &record->all;
    const struct vjp_alarms *alarms = record->alarms;
    json_t *fates = json_object(), *notes = json_array();
    char seed[32];
    snprintf(seed, sizeof seed, "0x%" PRIx64, record->seed);
    vjp_json_set(&line, "version", json_string(record->version));
    vjp_json_set(&line, "seed", json_string(seed));
    vjp_json_set(&line, "seeds", json_integer(record->seeds));
    vjp_json_set(&line, "max_dim", json_integer(record->dim_max));
    vjp_json_set(&line, "plants", json_integer(all->plants));
    for (int fate = 0; fate < VJP_FATES; fate++)
        line.failed |= json_object_set_new(fates, vjp_fate_name((enum vjp_fate)fate),
                                           json_integer(all->fate[fate])) != 0;
    vjp_json_set(&line, "fates", fates);
    vjp_json_set(&line, "campaigns", json_integer(all->tries));
    vjp_json_set(&line, "campaigns_not_run", json_integer(all->tries_not_run));
    vjp_json_set(&line, "median_cases", vjp_json_number(all->cases));
    vjp_json_set(&line, "median_seconds", vjp_json_number(all->seconds));
    vjp_json_set(&line, "within_2s", json_integer(all->quick));
    vjp_json_set(&line, "correct_verdicts", json_integer(alarms->conclusive));
    vjp_json_set(&line, "correct_wanted", json_integer(alarms->wanted));
    vjp_json_set(&line, "correct_inconclusive", json_integer(alarms->inconclusive));
    vjp_json_set(&line, "false_alarms", json_integer(alarms->count));
    for (int i = 0; i < alarms->n_notes; i++)
        line.failed |= json_array_append_new(notes, vjp_json_text(alarms->note[i])) != 0;
    vjp_json_set(&line, "correct_notes", notes);
    vjp_json_set(&line, "without_answer", json_integer(record->ballot->silent));
    vjp_json_set(&line, "passed", json_boolean(vjp_score_is_perfect(all, alarms)));
    vjp_json_set(&line, "seconds", vjp_json_number(record->seconds));
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_selftest_write(struct vjp_sink *sink, const struct vjp_selftest_record *record,
                                   struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int i = 0; i < record->n_kills && status == VJP_OK; i++)
        status = write_plant(sink, record, &record->kills[i], error);
    for (int rule = 0; vjp_rules[rule].name && status == VJP_OK; rule++)
        status = write_rule(sink, record->ballot, rule, error);
    for (int i = 0; i < record->alarms->n_kept && status == VJP_OK; i++)
        status = write_alarm(sink, &record->alarms->kept[i], error);
    return status == VJP_OK ? write_summary(sink, record, error) : status;
}
