/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/picture.h"

#include "cases/gen/generate.h"
#include "cases/line/parse.h"
#include "reports/cli/truth.h"
#include "tests/reports/cli/planted.h"

#include <stdlib.h>
#include <unistd.h>

/* A kernel's answer on a case, ready to be drawn. */
struct setup {
    struct planted planted;
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_truth truth;
    struct vjp_question question;
    struct vjp_finding finding;
};

static void open_setup(struct setup *s, const char *act, const char *line)
{
    struct vjp_error error = {""};
    memset(s, 0, sizeof *s);
    planted_open(&s->planted, act, "", 0);
    s->question = (struct vjp_question){.c = &s->c, .data = &s->data};
    cr_assert_eq(vjp_case_parse(line, &s->c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_data_generate(&s->c, &s->data, &error), VJP_OK);
    cr_assert_eq(vjp_truth_init(&s->truth, &s->c, &s->data, VJP_ORACLE_AUTO, 1, &error), VJP_OK);
    s->question.reference = s->truth.reference[0];
    cr_assert_eq(
        vjp_examine(&s->planted.targets, &s->planted.target, 0, &s->question, &s->finding, &error),
        VJP_OK, "%s", error.text);
}

static void close_setup(struct setup *s)
{
    vjp_finding_clear(&s->finding);
    vjp_truth_clear(&s->truth);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
    planted_close(&s->planted);
}

Test(picture, shows_where_the_error_is)
{
    struct setup s;
    char *text = NULL;
    size_t size = 0;
    open_setup(&s, "answer(); put(OUT(\"dx\"), 1, 2, 1e9);",
               "linear dtype=f32 N=2 D=3 M=4 x=exact w=exact dy=exact");
    FILE *out = open_memstream(&text, &size);
    const int dx = vjp_slot_gradient(s.c.spec, 0);
    vjp_picture_print(&s.question, &s.planted.target.info->kernel[0].model[VJP_F32], &s.finding, dx,
                      "  ", out);
    fclose(out);
    cr_expect_str_eq(text, "  # outside, . correctly rounded\n  ...\n  ..#\n");
    free(text);
    close_setup(&s);
}

Test(picture, is_a_file_with_every_gradient)
{
    struct setup s;
    char path[] = "/tmp/vjp_picture_XXXXXX", text[8192] = "";
    struct vjp_error error = {""};
    open_setup(&s, "answer(); put(OUT(\"dx\"), 1, 2, 1e9);",
               "linear dtype=f32 N=2 D=3 M=4 x=exact w=exact dy=exact");
    close(mkstemp(path));
    cr_assert_eq(vjp_picture_write(&s.question, &s.planted.target, 0, &s.finding, path, &error),
                 VJP_OK, "%s", error.text);
    FILE *file = fopen(path, "r");
    cr_assert_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    cr_expect_not_null(strstr(text, ">plant:plant: wrong</text>"));
    cr_expect_not_null(strstr(text, "<desc>linear dtype=f32 N=2 D=3 M=4"));
    cr_expect_not_null(strstr(text, ">dx: 2 x 3, 1 outside the bound</text>"));
    cr_expect_not_null(strstr(text, ">dw: 3 x 4, 0 outside the bound</text>"));
    unlink(path);
    close_setup(&s);
}

/* Without an answer there is nothing to draw, and no file. */
Test(picture, of_nothing_is_an_error)
{
    struct setup s;
    struct vjp_error error = {""};
    char path[] = "/tmp/vjp_picture_XXXXXX";
    open_setup(&s, "abort();", "linear dtype=f32 N=2 D=3 M=4");
    close(mkstemp(path));
    unlink(path);
    cr_expect_eq(vjp_picture_write(&s.question, &s.planted.target, 0, &s.finding, path, &error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "no gradient of 1 to 65536 elements to be shown"));
    cr_expect_neq(access(path, F_OK), 0);
    close_setup(&s);
}
