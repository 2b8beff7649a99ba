/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/study_stream.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char header[] = "{\"type\":\"study\",\"line\":\"vjpcheck study x\"}\n";

static char folder[64];

static void make(void)
{
    strcpy(folder, "/tmp/vjpcheck-stream-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_all(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

static void open_it(struct vjp_study_stream *s, size_t lines)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_study_stream_open(folder, header, s, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(s->count, lines, "%zu lines", s->count);
}

static void append(const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/study.jsonl.partial", folder);
    FILE *file = fopen(path, "a");
    fputs(text, file);
    fclose(file);
}

TestSuite(study_stream, .init = make, .fini = remove_all);

Test(study_stream, goes_on_behind_the_last_whole_line)
{
    struct vjp_study_stream s;
    struct vjp_error error;
    open_it(&s, 0);
    cr_assert_eq(vjp_sink_write(&s.sink, "{\"type\":\"point\",\"n\":1}\n", &error), VJP_OK);
    vjp_study_stream_clear(&s);
    append("{\"type\":\"po");
    open_it(&s, 1);
    cr_expect_str_eq(s.line[0], "{\"type\":\"point\",\"n\":1}");
    cr_assert_eq(vjp_sink_write(&s.sink, "{\"type\":\"point\",\"n\":2}\n", &error), VJP_OK);
    vjp_study_stream_clear(&s);
    append("{\"type\":\"fit\"}\n{\"type\":\"summary\"}\n"); /* ended before it had its name */
    open_it(&s, 2);
    cr_expect_not(s.complete);
    cr_assert_eq(vjp_study_stream_commit(&s, &error), VJP_OK);
    vjp_study_stream_clear(&s);
    open_it(&s, 2);
    cr_expect(s.complete);
    vjp_study_stream_clear(&s);
}

static void expect_other(const char *other, const char *words)
{
    struct vjp_study_stream s;
    struct vjp_error error = {""};
    cr_expect_eq(vjp_study_stream_open(folder, other, &s, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, words), "%s", error.text);
}

Test(study_stream, another_study_is_refused_and_left_alone)
{
    struct vjp_study_stream s;
    open_it(&s, 0);
    vjp_study_stream_clear(&s);
    append("{\"type\":\"point\"}\n");
    expect_other("{\"type\":\"study\",\"line\":\"vjpcheck study y\"}\n",
                 "another study, \"vjpcheck study x\"; expected the same or another folder");
    expect_other("{\"type\":\"study\",\"line\":\"vjpcheck study x\",\"version\":2}\n",
                 "the same study by another version, or of a plug-in that has changed");
    open_it(&s, 1);
    vjp_study_stream_clear(&s);
}

Test(study_stream, a_header_that_was_cut_is_written_again)
{
    struct vjp_study_stream s;
    append("{\"type\":");
    open_it(&s, 0);
    vjp_study_stream_clear(&s);
    open_it(&s, 0);
    vjp_study_stream_clear(&s);
}
