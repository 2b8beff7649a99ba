/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/coverage.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum vjp_status read_text(const char *text, struct vjp_coverage *out,
                                 struct vjp_error *error)
{
    char path[] = "/tmp/vjpcheck-coverage-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    const enum vjp_status status = vjp_coverage_read(path, out, error);
    unlink(path);
    return status;
}

/* As gcovr 5.2 writes it. */
static const char good[] =
    "{\"files\": [{\"file\": \"k.c\", \"lines\": ["
    "{\"branches\": [], \"count\": 0, \"gcovr/noncode\": false, \"line_number\": 9},"
    "{\"branches\": [{\"count\": 3, \"fallthrough\": true, \"throw\": false},"
    "{\"count\": 0, \"fallthrough\": false, \"throw\": false}], \"count\": 3, "
    "\"gcovr/noncode\": false, \"line_number\": 7},"
    "{\"branches\": [], \"count\": 0, \"gcovr/noncode\": true, \"line_number\": 8}]}],"
    "\"gcovr/format_version\": \"0.3\"}";

Test(coverage_json, lines_in_their_order)
{
    struct vjp_coverage c = {0};
    struct vjp_error error = {""};
    cr_assert_eq(read_text(good, &c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(c.count, 1);
    cr_expect_str_eq(c.file[0].path, "k.c");
    cr_assert_eq(c.file[0].count, 2, "line 8 is no code");
    const struct vjp_coverage_line *line = c.file[0].line;
    cr_expect(line[0].number == 7 && line[0].ran && line[0].branches == 2 && line[0].taken == 1);
    cr_expect_eq(line[0].mask, 1, "the first of two");
    cr_expect(line[1].number == 9 && !line[1].ran && line[1].branches == 0);
    const struct vjp_coverage_totals t = vjp_coverage_count(&c);
    cr_expect(t.lines == 2 && t.ran == 1 && t.branches == 2 && t.taken == 1);
    vjp_coverage_clear(&c);
    cr_expect_eq(c.count, 0);
}

Test(coverage_json, what_is_none)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{\"files\": 1}",
        "{\"files\": [1]}",
        "{\"files\": [{\"file\": \"k.c\"}]}",
        "{\"files\": [{\"file\": 3, \"lines\": []}]}",
        "{\"files\": [{\"file\": \"k.c\", \"lines\": [{\"count\": 1}]}]}",
        "{\"files\": [{\"file\": \"k.c\", \"lines\": [{\"count\": 1, \"line_number\": 0}]}]}",
        "{\"files\": [{\"file\": \"k.c\", \"lines\": [{\"count\": \"1\", \"line_number\": 1}]}]}",
        "{\"files\": [{\"file\": \"k.c\", \"lines\": [{\"count\": 1, \"line_number\": 1, "
        "\"branches\": [{}]}]}]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct vjp_coverage c = {.count = 42};
        struct vjp_error error = {""};
        cr_expect_eq(read_text(bad[i], &c, &error), VJP_ERR_USAGE, "%s", bad[i]);
        cr_expect(error.text[0], "%s", bad[i]);
        cr_expect_eq(c.count, 42, "left alone");
    }
    struct vjp_coverage c;
    cr_expect_eq(vjp_coverage_read("/nowhere/coverage.json", &c, NULL), VJP_ERR_USAGE);
}

/* There and back, what was not reached with it. */
Test(coverage_json, a_line_of_a_stream)
{
    struct vjp_coverage_line lines[] = {
        {.number = 1, .ran = true, .branches = 3, .taken = 2, .mask = 5}, {.number = 2}};
    char *notes[] = {(char[]){"N was 1"}}, *source[] = {(char[]){"if"}, (char[]){"x\xff"}};
    struct vjp_coverage_gap gap = {.from = 2, .to = 2, .guard = 1, .note = notes, .n_notes = 1};
    struct vjp_coverage_file file = {.path = (char[]){"k.c"},
                                     .line = lines,
                                     .count = 2,
                                     .source = source,
                                     .n_source = 2,
                                     .gap = &gap,
                                     .n_gaps = 1};
    const struct vjp_coverage written = {.file = &file, .count = 1};
    struct vjp_coverage c = {0};
    struct vjp_error error = {""};
    char *text = NULL;
    size_t size = 0;
    struct vjp_sink sink = {.file = open_memstream(&text, &size), .path = strdup("memory")};
    cr_assert_eq(vjp_coverage_write(&sink, &written, &error), VJP_OK, "%s", error.text);
    vjp_sink_clear(&sink);
    json_t *json = json_loads(text, 0, NULL);
    cr_assert_eq(vjp_coverage_read_line(json, &c, &error), VJP_OK, "%s", error.text);
    cr_expect_str_eq(json_string_value(json_object_get(json, "type")), "coverage");
    json_decref(json);
    free(text);
    cr_assert(c.count == 1 && c.file[0].count == 2 && c.file[0].n_gaps == 1);
    cr_expect(c.file[0].line[0].branches == 3 && c.file[0].line[0].taken == 2);
    cr_expect_eq(c.file[0].line[0].mask, 5);
    cr_expect(c.file[0].line[0].ran && !c.file[0].line[1].ran);
    cr_expect(c.file[0].gap[0].from == 2 && c.file[0].gap[0].guard == 1);
    cr_expect_str_eq(c.file[0].gap[0].note[0], "N was 1");
    cr_expect_str_eq(vjp_coverage_text(&c.file[0], 2), "x\xef\xbf\xbd");
    vjp_coverage_clear(&c);
}

/* A stream of before has taken branches first; of 65 ways not all have a bit. */
Test(coverage_json, which_branches_were_taken_may_be_unknown)
{
    static const char before[] =
        "{\"files\":[{\"file\":\"k.c\",\"lines\":[{\"line_number\":1,\"count\":1,"
        "\"branches\":[{\"count\":1},{\"count\":0}]}]}]}";
    struct vjp_coverage c = {0};
    struct vjp_error error = {""};
    json_t *json = json_loads(before, 0, NULL);
    json_t *line = json_array_get(
        json_object_get(json_array_get(json_object_get(json, "files"), 0), "lines"), 0);
    cr_assert_eq(vjp_coverage_read_line(json, &c, &error), VJP_OK, "%s", error.text);
    cr_expect(c.file[0].line[0].taken == 1 && c.file[0].line[0].mask == 0);
    vjp_coverage_clear(&c);
    json_object_set_new(line, "ordered", json_true());
    for (int branches = 2; branches < 65; branches++)
        json_array_append_new(json_object_get(line, "branches"), json_pack("{s:i}", "count", 1));
    cr_assert_eq(vjp_coverage_read_line(json, &c, &error), VJP_OK, "%s", error.text);
    cr_expect(c.file[0].line[0].taken == 64 && c.file[0].line[0].branches == 65);
    cr_expect_eq(c.file[0].line[0].mask, 0);
    vjp_coverage_clear(&c);
    json_decref(json);
}

/* gcovr does not say what was not reached, nor what the lines are. */
Test(coverage_json, a_file_of_gcovr)
{
    struct vjp_coverage c = {0};
    struct vjp_error error = {""};
    json_t *json = json_loads(good, 0, NULL);
    cr_assert_eq(vjp_coverage_read_line(json, &c, &error), VJP_OK, "%s", error.text);
    json_decref(json);
    cr_assert(c.count == 1 && c.file[0].n_gaps == 1 && c.file[0].n_source == 0);
    cr_expect(c.file[0].gap[0].from == 9 && c.file[0].gap[0].guard == 7);
    vjp_coverage_clear(&c);
}
