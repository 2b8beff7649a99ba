/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/reduce.h"

#include "cases/line/parse.h"
#include "tests/reports/cli/planted.h"

struct setup {
    struct planted planted;
    struct vjp_failure failure;
};

static void open_setup(struct setup *s, const char *act, enum vjp_verdict verdict, double ratio)
{
    planted_open(&s->planted, act, "", 0);
    s->failure = (struct vjp_failure){.targets = &s->planted.targets,
                                      .target = &s->planted.target,
                                      .verdict = verdict,
                                      .ratio = ratio};
}

static void close_setup(struct setup *s)
{
    planted_close(&s->planted);
}

static struct vjp_reduced reduce(struct setup *s, const char *line)
{
    struct vjp_case c = {0};
    struct vjp_error error = {""};
    struct vjp_reduced out;
    cr_assert_eq(vjp_case_parse(line, &c, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_reduce(&s->failure, &c, 60, 60, &out, &error), VJP_OK, "%s", error.text);
    vjp_case_clear(&c);
    return out;
}

static bool has_remark(const struct vjp_reduced *reduced, const char *text)
{
    for (int i = 0; i < reduced->explanation.remarks.count; i++) {
        if (strstr(reduced->explanation.remarks.at[i].text, text))
            return true;
    }
    return false;
}

/* dx[0,0] is 1e9 where there are 5 columns or more: the smallest such case, and the rule. */
Test(reduce, a_wrong_number_is_made_small_and_explained)
{
    struct setup s;
    open_setup(&s, "answer(); if (IN(\"w\")->shape[1] >= 5) put(OUT(\"dx\"), 0, 0, 1e9);",
               VJP_VERDICT_WRONG, 1e6);
    struct vjp_reduced r = reduce(&s, "linear dtype=f32 N=7 D=6 M=19 x=normal w=normal dy=normal "
                                      "w.ld=+3 x.align=4 threads=2 seed=9");
    const struct vjp_case *c = &r.shrunk.literal;
    cr_expect(r.shrunk.complete);
    cr_expect(c->dim[0] == 1 && c->dim[1] == 1 && c->dim[2] == 5);
    cr_expect(c->threads == 1 && c->slot[1].layout.ld_pad == 0);
    cr_assert(r.has_explanation);
    cr_expect(has_remark(&r, "fails iff M > 4 "));
    cr_assert_not_null(r.reason);
    cr_expect(strstr(r.reason, "dx[0,0] = 0x1.dcd65p+29"), "%s", r.reason);
    vjp_reduced_clear(&r);
    close_setup(&s);
}

/* A case that fails in another way is no smaller form of this failure. */
Test(reduce, the_verdict_stays)
{
    struct setup s;
    open_setup(&s,
               "answer(); if (OUT(\"dx\")->shape[0] == 3) put(OUT(\"dx\"), 0, 0, 1e9);"
               "if (OUT(\"dx\")->shape[0] < 3) abort();",
               VJP_VERDICT_WRONG, 1e6);
    struct vjp_reduced r = reduce(&s, "linear dtype=f32 N=3 D=2 M=2");
    cr_expect_eq(r.shrunk.literal.dim[0], 3);
    vjp_reduced_clear(&r);
    close_setup(&s);
}

Test(reduce, what_a_process_remembers_is_not_looked_at)
{
    struct setup s;
    open_setup(&s, "answer();", VJP_VERDICT_STATE_DEPENDENT, 0);
    struct vjp_reduced r = reduce(&s, "linear dtype=f32 N=3 D=2 M=2");
    cr_expect(!r.shrunk.literal.spec && !r.has_explanation && !r.reason);
    vjp_reduced_clear(&r);
    close_setup(&s);
}

Test(reduce, a_crash_is_made_small)
{
    struct setup s;
    open_setup(&s, "answer(); if (OUT(\"dx\")->shape[0] % 4 == 3) abort();", VJP_VERDICT_CRASHED,
               0);
    struct vjp_reduced r = reduce(&s, "linear dtype=f32 N=11 D=2 M=2");
    cr_expect_eq(r.shrunk.literal.dim[0], 3);
    cr_expect(r.reason && strstr(r.reason, "SIGABRT"), "%s", r.reason ? r.reason : "");
    vjp_reduced_clear(&r);
    close_setup(&s);
}
