/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/selftest_stream.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A stream to memory, in which nobody is told how far it is. */
struct scene {
    struct vjp_selftest_stream stream;
    char *text;
    size_t size;
};

static void scene_open(struct scene *s)
{
    const struct vjp_selftest_work work = {.plants = 2, .seeds = 2, .alarms = 100};
    struct vjp_error error;
    *s = (struct scene){.text = NULL};
    cr_assert_eq(vjp_selftest_stream_open(NULL, 1, &s->stream, &error), VJP_OK);
    s->stream.sink.file = open_memstream(&s->text, &s->size);
    s->stream.sink.path = strdup("memory");
    vjp_selftest_stream_begin(&s->stream, &work);
    s->stream.pace.progress.file = NULL;
}

static void scene_close(struct scene *s)
{
    vjp_selftest_stream_clear(&s->stream);
    free(s->text);
}

static int count(const char *text, const char *part)
{
    int n = 0;
    for (const char *at = text; at && (at = strstr(at, part)); at++)
        n++;
    return n;
}

/* A campaign that no time was left for says nothing; a plant that is done with does, once. */
Test(selftest_stream, a_campaign_that_was_run_has_a_line)
{
    const struct vjp_plant plant = {
        .name = "term_twice", .verdict = VJP_VERDICT_WRONG, .classes = 1 << 5};
    struct vjp_kill kill = {.plant = &plant, .tries = 1, .attempt = {{.ran = false}}};
    struct vjp_error error;
    struct scene s;
    scene_open(&s);
    cr_assert_eq(vjp_selftest_stream_try(&s.stream, &kill, 0, 2, &error), VJP_OK);
    cr_expect(s.size == 0 || !*s.text, "%s", s.text);
    kill.attempt[0].ran = true;
    cr_assert_eq(vjp_selftest_stream_try(&s.stream, &kill, 0, 2, &error), VJP_OK);
    cr_expect_eq(count(s.text, "\"plant_so_far\""), 1, "%s", s.text);
    cr_assert_eq(vjp_selftest_stream_plant(&s.stream, &kill, 0, 2, &error), VJP_OK);
    cr_expect_eq(count(s.text, "{\"type\":\"plant\",\"plant\":\"term_twice\""), 1, "%s", s.text);
    cr_expect_eq(count(s.text, "\n"), 2, "%s", s.text);
    scene_close(&s);
}

/* Counts are written at first, and then once in ten seconds; an alarm at once, with them before it. */
Test(selftest_stream, a_false_alarm_does_not_wait)
{
    struct vjp_alarms alarms = {.wanted = 100, .conclusive = 1};
    struct vjp_error error;
    struct scene s;
    scene_open(&s);
    cr_assert_eq(vjp_selftest_stream_correct(&s.stream, &alarms, false, &error), VJP_OK);
    alarms.conclusive = 2;
    cr_assert_eq(vjp_selftest_stream_correct(&s.stream, &alarms, false, &error), VJP_OK);
    cr_expect_eq(count(s.text, "\n"), 1, "%s", s.text);
    alarms.conclusive = 3;
    cr_assert_eq(vjp_alarms_add(&alarms, VJP_VERDICT_WRONG, "naive:linear", "dx is off",
                                "vjpcheck run", &error),
                 VJP_OK);
    cr_assert_eq(vjp_selftest_stream_correct(&s.stream, &alarms, true, &error), VJP_OK);
    cr_expect_eq(count(s.text, "\n"), 3, "%s", s.text);
    const char *counts = strstr(s.text, "\"correct_verdicts\":3,"),
               *alarm = strstr(s.text, "\"alarm\"");
    cr_expect(counts && alarm && counts < alarm, "%s", s.text);
    cr_expect_not_null(strstr(s.text, "naive:linear"), "%s", s.text);
    vjp_alarms_clear(&alarms);
    scene_close(&s);
}

/* Where room for them has ended they are counted, and the last one that is kept is not told again. */
Test(selftest_stream, an_alarm_that_is_not_kept_is_counted)
{
    struct vjp_alarms alarms = {.wanted = 100};
    struct vjp_error error;
    struct scene s;
    scene_open(&s);
    for (int i = 0; i < VJP_ALARMS_KEPT + 2; i++) {
        alarms.conclusive++;
        cr_assert_eq(vjp_alarms_add(&alarms, VJP_VERDICT_WRONG, "naive:linear", "", "", &error),
                     VJP_OK);
        cr_assert_eq(vjp_selftest_stream_correct(&s.stream, &alarms, true, &error), VJP_OK);
    }
    cr_expect_eq(count(s.text, "{\"type\":\"alarm\""), VJP_ALARMS_KEPT);
    cr_expect_eq(count(s.text, "{\"type\":\"correct_so_far\""), VJP_ALARMS_KEPT + 2);
    cr_expect_not_null(strstr(s.text, "\"false_alarms\":22"), "%s", s.text);
    vjp_alarms_clear(&alarms);
    scene_close(&s);
}

/* The work of all parts is the whole. */
Test(selftest_stream, it_comes_to_its_end)
{
    const struct vjp_plant plant = {.name = "p"};
    struct vjp_kill kill = {.plant = &plant, .tries = 1, .attempt = {{.ran = true}}};
    const struct vjp_alarms alarms = {.wanted = 100, .conclusive = 100};
    const struct vjp_ballot ballot = {.silent = 0};
    struct vjp_error error;
    struct scene s;
    scene_open(&s);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(vjp_selftest_stream_try(&s.stream, &kill, i % 2, 2, &error), VJP_OK);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(vjp_selftest_stream_plant(&s.stream, &kill, i, 2, &error), VJP_OK);
    cr_assert_eq(vjp_selftest_stream_rules(&s.stream, &ballot, 0, &error), VJP_OK);
    cr_expect_lt(s.stream.pace.done, s.stream.pace.all);
    cr_assert_eq(vjp_selftest_stream_correct(&s.stream, &alarms, false, &error), VJP_OK);
    cr_expect_float_eq(s.stream.pace.done, s.stream.pace.all, 1e-9);
    scene_close(&s);
}

/* A full disk is a failure of the run, at the first line that it refuses. */
Test(selftest_stream, what_cannot_be_written_is_a_failure)
{
    const struct vjp_alarms alarms = {.wanted = 1};
    struct vjp_error error = {""};
    struct scene s;
    if (access("/dev/full", W_OK) != 0)
        return;
    scene_open(&s);
    fclose(s.stream.sink.file);
    s.stream.sink.file = fopen("/dev/full", "w");
    cr_expect_neq(vjp_selftest_stream_correct(&s.stream, &alarms, false, &error), VJP_OK);
    cr_expect_not_null(strstr(error.text, "memory"), "%s", error.text);
    scene_close(&s);
}
