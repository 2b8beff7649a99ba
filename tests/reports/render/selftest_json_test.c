/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/render/selftest_scene.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lines of the file, as an array. */
static json_t *read_lines(const char *path)
{
    json_t *lines = json_array();
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file);
    while (getline(&line, &size, file) > 0) {
        json_t *object = json_loads(line, 0, NULL);
        cr_assert_not_null(object, "%s", line);
        json_array_append_new(lines, object);
    }
    free(line);
    fclose(file);
    return lines;
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "(none)";
}

static int64_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

Test(selftest_json, has_a_line_for_everything)
{
    struct selftest_scene s;
    struct vjp_sink sink;
    struct vjp_error error = {""};
    char path[] = "/tmp/vjpcheck-selftest-XXXXXX";
    cr_assert_neq(mkstemp(path), -1);
    selftest_scene_open(&s);
    cr_assert_eq(vjp_sink_open(path, &sink, &error), VJP_OK, "%s", error.text);
    selftest_scene_write(&s, &sink);
    cr_assert_eq(vjp_sink_commit(&sink, &error), VJP_OK, "%s", error.text);
    vjp_sink_clear(&sink);
    json_t *lines = read_lines(path);

    const json_t *before = json_array_get(lines, 0);
    cr_expect_str_eq(text(before, "type"), "plant_so_far");
    cr_expect_str_eq(text(before, "fate"), "missed");
    cr_assert_eq(json_array_remove(lines, 0), 0); /* a borrowed line is gone with it */

    const json_t *one = json_array_get(lines, 0), *two = json_array_get(lines, 1);
    cr_expect_str_eq(text(one, "type"), "plant");
    cr_expect_str_eq(text(one, "plant"), "one");
    cr_expect_str_eq(text(one, "named"), "wrong");
    cr_expect_str_eq(text(one, "verdict"), "inaccurate");
    cr_expect_str_eq(text(one, "fate"), "caught");
    cr_expect_eq(json_integer_value(json_array_get(json_object_get(one, "classes"), 1)), 5);
    cr_expect(number(one, "sizes") == 3 && number(one, "elements") == 7);
    const json_t *second = json_array_get(json_object_get(one, "campaigns"), 1);
    cr_expect_str_eq(text(second, "seed"), "0x20");
    cr_expect_eq(number(second, "cases"), 14);
    cr_expect_str_eq(text(two, "fate"), "pinned");
    cr_expect(json_is_false(
        json_object_get(json_array_get(json_object_get(two, "campaigns"), 1), "ran")));
    cr_expect_str_eq(text(json_array_get(lines, 2), "verdict"), "(none)");
    cr_expect_str_eq(text(json_array_get(lines, 3), "other"), "wrong");

    const json_t *rule = json_array_get(lines, 4);
    cr_expect_str_eq(text(rule, "type"), "rule");
    cr_expect_eq(number(json_object_get(rule, "defects"), "accept"), 5);
    cr_expect_eq(number(json_object_get(rule, "right"), "refuse"), 8);

    const size_t count = json_array_size(lines);
    const json_t *alarm = json_array_get(lines, count - 2);
    const json_t *summary = json_array_get(lines, count - 1);
    const json_t *correct = json_array_get(lines, count - 3);
    cr_expect_str_eq(text(correct, "type"), "correct_so_far");
    cr_expect(number(correct, "correct_verdicts") == 1500 && number(correct, "false_alarms") == 1);
    cr_expect(number(correct, "correct_wanted") == 2000);
    cr_expect_str_eq(text(alarm, "type"), "alarm");
    cr_expect_str_eq(text(alarm, "replay"), "vjpcheck run 'linear'");
    cr_expect_str_eq(text(summary, "type"), "summary");
    cr_expect_str_eq(text(summary, "seed"), "0x1f");
    cr_expect_eq(number(json_object_get(summary, "fates"), "another verdict"), 1);
    cr_expect(number(summary, "plants") == 4 && number(summary, "false_alarms") == 1);
    cr_expect_eq(number(summary, "campaigns_not_run"), 1);
    cr_expect(json_is_false(json_object_get(summary, "passed")));
    json_decref(lines);
    unlink(path);
    selftest_scene_close(&s);
}
