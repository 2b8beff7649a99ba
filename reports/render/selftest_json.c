/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/selftest.h"

#include "reports/render/json_line.h"
#include "reports/render/json_read.h"

#include <inttypes.h>
#include <string.h>

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

static json_t *make_try(uint64_t seed, const struct vjp_try *attempt)
{
    struct vjp_json_line object = {.json = json_object()};
    char text[32];
    snprintf(text, sizeof text, "0x%" PRIx64, seed);
    vjp_json_set(&object, "seed", json_string(text));
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

enum vjp_status vjp_selftest_write_plant(struct vjp_sink *sink, uint64_t seed,
                                         const struct vjp_kill *kill, bool done,
                                         struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin(done ? "plant" : "plant_so_far");
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
        line.failed |=
            json_array_append_new(tries, make_try(seed + (uint64_t)i, &kill->attempt[i])) != 0;
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

enum vjp_status vjp_selftest_write_rules(struct vjp_sink *sink, const struct vjp_ballot *ballot,
                                         struct vjp_error *error)
{
    enum vjp_status status = VJP_OK;
    for (int rule = 0; vjp_rules[rule].name && status == VJP_OK; rule++)
        status = write_rule(sink, ballot, rule, error);
    return status;
}

enum vjp_status vjp_selftest_write_alarm(struct vjp_sink *sink, const struct vjp_alarm *alarm,
                                         struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("alarm");
    vjp_json_set(&line, "target", vjp_json_text(alarm->target));
    vjp_json_set(&line, "verdict", json_string(vjp_verdict_name(alarm->verdict)));
    vjp_json_set(&line, "reason", vjp_json_text(alarm->reason));
    vjp_json_set(&line, "replay", vjp_json_text(alarm->replay));
    return vjp_json_end(&line, sink, error);
}

static void set_correct(struct vjp_json_line *line, const struct vjp_alarms *alarms)
{
    vjp_json_set(line, "correct_verdicts", json_integer(alarms->conclusive));
    vjp_json_set(line, "correct_wanted", json_integer(alarms->wanted));
    vjp_json_set(line, "correct_inconclusive", json_integer(alarms->inconclusive));
    vjp_json_set(line, "false_alarms", json_integer(alarms->count));
}

enum vjp_status vjp_selftest_write_correct(struct vjp_sink *sink, const struct vjp_alarms *alarms,
                                           struct vjp_error *error)
{
    struct vjp_json_line line = vjp_json_begin("correct_so_far");
    set_correct(&line, alarms);
    return vjp_json_end(&line, sink, error);
}

enum vjp_status vjp_selftest_write_summary(struct vjp_sink *sink,
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
    set_correct(&line, alarms);
    for (int i = 0; i < alarms->n_notes; i++)
        line.failed |= json_array_append_new(notes, vjp_json_text(alarms->note[i])) != 0;
    vjp_json_set(&line, "correct_notes", notes);
    vjp_json_set(&line, "without_answer", json_integer(record->ballot->silent));
    vjp_json_set(&line, "passed", json_boolean(vjp_score_is_perfect(all, alarms)));
    vjp_json_set(&line, "seconds", vjp_json_number(record->seconds));
    return vjp_json_end(&line, sink, error);
}

static enum vjp_status read_classes(const json_t *json, struct vjp_plant *plant,
                                    struct vjp_error *error)
{
    const json_t *classes = json_object_get(json, "classes");
    if (!json_is_array(classes))
        return vjp_json_fail_key("classes", "an array of classes", error);
    for (size_t i = 0; i < json_array_size(classes); i++) {
        const json_t *number = json_array_get(classes, i);
        if (!vjp_json_is_count(number) || json_integer_value(number) < 1 ||
            json_integer_value(number) >= VJP_FAULT_CLASSES)
            return vjp_json_fail_key("classes", "numbers of classes", error);
        plant->classes |= UINT64_C(1) << json_integer_value(number);
    }
    return VJP_OK;
}

static enum vjp_status read_tries(const json_t *json, struct vjp_kill *kill,
                                  struct vjp_error *error)
{
    const json_t *tries = json_object_get(json, "campaigns");
    enum vjp_status status = VJP_OK;
    if (!json_is_array(tries) || json_array_size(tries) > VJP_TRIES_MAX)
        return vjp_json_fail_key("campaigns", "an array of campaigns, not too many", error);
    kill->tries = (int)json_array_size(tries);
    for (int i = 0; i < kill->tries && status == VJP_OK; i++) {
        const json_t *one = json_array_get(tries, (size_t)i);
        struct vjp_try *attempt = &kill->attempt[i];
        attempt->ran = json_is_true(json_object_get(one, "ran"));
        attempt->caught = json_object_get(one, "verdict") != NULL;
        status = vjp_json_read_count(one, "cases", &attempt->cases, error);
        if (status == VJP_OK)
            status = vjp_json_read_number(one, "seconds", &attempt->seconds, error);
        if (status == VJP_OK && attempt->caught)
            status = vjp_json_read_verdict(one, "verdict", &attempt->verdict, error);
    }
    return status;
}

/* What a fate follows from; and that it does. */
static enum vjp_status read_fate(const json_t *json, struct vjp_kill *kill, struct vjp_error *error)
{
    const char *fate;
    enum vjp_status status = vjp_json_read_text(json, "fate", &fate, error);
    if (status == VJP_OK)
        status = read_tries(json, kill, error);
    if (status != VJP_OK)
        return status;
    kill->pinned = strcmp(fate, vjp_fate_name(VJP_FATE_PINNED)) == 0;
    kill->has_other = json_object_get(json, "other") != NULL;
    if (kill->pinned)
        status = vjp_json_read_verdict(json, "verdict", &kill->pinned_verdict, error);
    if (status == VJP_OK && kill->has_other)
        status = vjp_json_read_verdict(json, "other", &kill->other, error);
    if (status == VJP_OK && strcmp(fate, vjp_fate_name(vjp_kill_fate(kill))) != 0)
        status = vjp_json_fail_key("fate", "what the campaigns say", error);
    return status;
}

enum vjp_status vjp_selftest_read_plant(const void *json, struct vjp_plant_record *out,
                                        struct vjp_error *error)
{
    struct vjp_kill *kill = &out->kill;
    const struct vjp_json_member members[] = {{.key = "plant", .text = &out->name},
                                              {.key = "replay", .text = &out->replay}};
    const struct vjp_json_member size[] = {{.key = "sizes", .count = &kill->dims},
                                           {.key = "elements", .count = &kill->elements}};
    *out = (struct vjp_plant_record){.name = NULL};
    enum vjp_status status = vjp_json_read_members(json, members, 2, error);
    if (status == VJP_OK)
        status = read_classes(json, &out->plant, error);
    if (status == VJP_OK)
        status = vjp_json_read_verdict(json, "named", &out->plant.verdict, error);
    if (status == VJP_OK)
        status = read_fate(json, kill, error);
    kill->has_size = json_object_get(json, "sizes") != NULL;
    return status == VJP_OK && kill->has_size ? vjp_json_read_members(json, size, 2, error)
                                              : status;
}

static enum vjp_status read_votes(const json_t *json, const char *key, struct vjp_votes *out,
                                  struct vjp_error *error)
{
    const struct vjp_json_member members[] = {{.key = "accept", .count = &out->accept},
                                              {.key = "refuse", .count = &out->refuse},
                                              {.key = "no_opinion", .count = &out->none}};
    return vjp_json_read_members(json_object_get(json, key), members, 3, error);
}

enum vjp_status vjp_selftest_read_rule(const void *json, struct vjp_rule_record *out,
                                       struct vjp_error *error)
{
    const struct vjp_json_member members[] = {{.key = "rule", .text = &out->rule},
                                              {.key = "source", .text = &out->source}};
    enum vjp_status status = vjp_json_read_members(json, members, 2, error);
    if (status == VJP_OK)
        status = read_votes(json, "defects", &out->defects, error);
    return status == VJP_OK ? read_votes(json, "right", &out->right, error) : status;
}

enum vjp_status vjp_selftest_read_alarm(const void *json, struct vjp_alarm_record *out,
                                        struct vjp_error *error)
{
    const struct vjp_json_member members[] = {{.key = "target", .text = &out->target},
                                              {.key = "reason", .text = &out->reason},
                                              {.key = "replay", .text = &out->replay}};
    const enum vjp_status status = vjp_json_read_members(json, members, 3, error);
    return status == VJP_OK ? vjp_json_read_verdict(json, "verdict", &out->verdict, error) : status;
}

enum vjp_status vjp_selftest_read_correct(const void *json, struct vjp_selftest_conclusion *out,
                                          struct vjp_error *error)
{
    const struct vjp_json_member members[] = {
        {.key = "correct_verdicts", .count = &out->correct_verdicts},
        {.key = "correct_wanted", .count = &out->correct_wanted},
        {.key = "correct_inconclusive", .count = &out->correct_inconclusive},
        {.key = "false_alarms", .count = &out->false_alarms}};
    return vjp_json_read_members(json, members, sizeof members / sizeof *members, error);
}

enum vjp_status vjp_selftest_read_conclusion(const void *json, struct vjp_selftest_conclusion *out,
                                             struct vjp_error *error)
{
    const struct vjp_json_member members[] = {
        {.key = "version", .text = &out->version},
        {.key = "seeds", .count = &out->seeds},
        {.key = "max_dim", .count = &out->dim_max},
        {.key = "without_answer", .count = &out->without_answer},
        {.key = "seconds", .number = &out->seconds}};
    out->passed = json_is_true(json_object_get(json, "passed"));
    enum vjp_status status = vjp_json_read_bits(json, "seed", &out->seed, error);
    if (status == VJP_OK)
        status = vjp_selftest_read_correct(json, out, error);
    return status == VJP_OK
               ? vjp_json_read_members(json, members, sizeof members / sizeof *members, error)
               : status;
}
