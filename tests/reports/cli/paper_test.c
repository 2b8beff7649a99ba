/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/paper.h"

#include "reports/cli/inquiry.h"
#include "tests/cases/lines.h"
#include "tests/reports/cli/beside.h"
#include "tests/reports/cli/planted.h"

#include <math.h>
#include <string.h>

/* dx of 2 x 3, dw of 3 x 4 elements; exact operands, so that got and want are equal whatever the order of the sums. */
#define LINE "linear dtype=f32 N=2 D=3 M=4 x=exact w=exact dy=exact"

struct setup {
    struct planted planted;
    struct vjp_case c;
    struct vjp_inquiry inquiry;
    struct vjp_finding finding;
};

static void open_setup(struct setup *s, const char *act)
{
    struct vjp_error error = {""};
    planted_open(&s->planted, act, "", 0);
    s->c = parse_case(LINE);
    s->finding = (struct vjp_finding){0};
    cr_assert_eq(
        vjp_inquiry_make(&s->c, VJP_ORACLE_AUTO, (struct vjp_kinks){0}, &s->inquiry, &error),
        VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_examine(&s->planted.targets, &s->planted.target, 0, &s->inquiry.question,
                             &s->finding, &error),
                 VJP_OK, "%s", error.text);
}

static void close_setup(struct setup *s)
{
    vjp_finding_clear(&s->finding);
    vjp_inquiry_clear(&s->inquiry);
    vjp_case_clear(&s->c);
    planted_close(&s->planted);
}

static void make(struct setup *s, int input, bool differences, struct vjp_paper *paper)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_paper_make(&s->inquiry.question, &s->finding.seen, input, NULL, differences,
                                paper, &error),
                 VJP_OK, "%s", error.text);
}

/* The numerical gradient of a linear function is its gradient, but for the roundings of f64 and the step. */
Test(paper, has_the_answer_and_the_truth_at_either_end)
{
    struct setup s;
    struct vjp_paper paper;
    open_setup(&s, "answer();");
    for (int input = 0; input < 2; input++) {
        const int n = input == 0 ? 6 : 12;
        make(&s, input, true, &paper);
        cr_expect(paper.is_known);
        for (int end = 0; end < 2; end++) {
            for (int i = 0; i < n; i++)
                cr_expect_eq(paper.got[end][i], paper.want[end][i], "%d %d %d", input, end, i);
        }
        cr_assert_not_null(paper.numerical);
        for (int i = 0; i < n; i++)
            cr_expect_lt(fabs(paper.numerical[i] - paper.want[0][i]),
                         1e-4 * (1 + fabs(paper.want[0][i])));
        vjp_paper_clear(&paper);
    }
    close_setup(&s);
}

/* dx off by 1 in its first element, at both ends: got has it, want has not. */
Test(paper, what_is_wrong_is_in_got_alone)
{
    struct setup s;
    struct vjp_paper paper;
    open_setup(&s, "answer(); put(OUT(\"dx\"), 0, 0, get(OUT(\"dx\"), 0, 0) + 1);");
    make(&s, 0, false, &paper);
    for (int end = 0; end < 2; end++) {
        cr_expect_eq(paper.got[end][0], paper.want[end][0] + 1);
        cr_expect_eq(paper.got[end][1], paper.want[end][1]);
    }
    vjp_paper_clear(&paper);
    close_setup(&s);
}
