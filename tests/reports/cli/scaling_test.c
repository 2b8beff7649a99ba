/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/scaling.h"

#include "reports/cli/examine.h"
#include "reports/cli/inquiry.h"
#include "tests/cases/lines.h"
#include "tests/reports/cli/planted.h"

#define FLAGS "-DMINOR=5"
#define FIXED "-DMINOR=5 '-DCAPABILITIES=(VJP_ABI_DETERMINISTIC|VJP_ABI_FIXED_POINT)'"

/* What the kernel does to dx behind a correct answer. */
#define TO_DX(what)                                                                                \
    "answer(); for (int64_t i = 0; i < OUT(\"dx\")->shape[0]; i++) { const DLTensor *dx = "        \
    "OUT(\"dx\"); double v = get(dx, i, 0); " what " put(dx, i, 0, v); }"

struct scene {
    struct planted planted;
    struct vjp_case c;
    struct vjp_inquiry inquiry;
    struct vjp_finding finding;
};

static void start(struct scene *s, const char *act, const char *flags, const char *line)
{
    struct vjp_error error = {""};
    memset(s, 0, sizeof *s);
    planted_open(&s->planted, act, flags, 0);
    s->c = parse_case(line);
    cr_assert_eq(
        vjp_inquiry_make(&s->c, VJP_ORACLE_AUTO, (struct vjp_kinks){0}, &s->inquiry, &error),
        VJP_OK, "%s", error.text);
    s->inquiry.question.scalings = VJP_SCALINGS_ALL;
}

static enum vjp_verdict examine(struct scene *s)
{
    struct vjp_error error = {""};
    vjp_finding_clear(&s->finding);
    cr_assert_eq(vjp_examine(&s->planted.targets, &s->planted.target, 0, &s->inquiry.question,
                             &s->finding, &error),
                 VJP_OK, "%s", error.text);
    return s->finding.judgement.verdict;
}

static void end(struct scene *s)
{
    vjp_finding_clear(&s->finding);
    vjp_inquiry_clear(&s->inquiry);
    vjp_case_clear(&s->c);
    planted_close(&s->planted);
}

static void expect_reason(const struct scene *s, const char *part)
{
    cr_expect(strstr(s->finding.judgement.reason, part), "no \"%s\" in\n%s", part,
              s->finding.judgement.reason);
}

/* In both precisions, with padding and bias, added to what is there or not, and with elements that cancel. */
Test(scaling, a_right_kernel_is_linear)
{
    static const char *const lines[] = {
        "linear dtype=f32 N=3 D=5 M=7 x=normal w=normal dy=normal seed=1",
        "linear dtype=f64 bias=1 N=3 D=2 M=7 x=cancel:1e8 w=normal dy=normal w.ld=+3 seed=2",
        "linear dtype=f64 N=3 D=2 M=2 x=uniform w=normal dy=normal dx=normal dw=normal "
        "accumulate=1 "
        "seed=3",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct scene s;
        start(&s, "answer();", FLAGS, lines[i]);
        cr_expect(vjp_verdict_is_success(examine(&s)), "%s: %s", lines[i],
                  s.finding.judgement.reason);
        cr_expect_eq(s.finding.scaling.scaled, VJP_SCALED_ASKED, "%s", lines[i]);
        cr_expect(s.finding.scaling.failed.exponent == 0 && !s.finding.scaling.failed.negative);
        end(&s);
    }
}

/* 2^k is the largest for which nothing overflows, or the smallest: limits at either end are met. */
Test(scaling, limits_are_found)
{
    static const struct {
        const char *act, *told;
        int sign; /* of the exponent */
    } table[] = {
        {TO_DX("if (v > 1e12) v = 1e12; if (v < -1e12) v = -1e12;"), "not linear in dy: for 2^", 1},
        {TO_DX("if (fabs(v) < 1e-12) v = 0;"), "not linear in dy: for 2^-", -1},
        {TO_DX("v += 1e-13;"), "it is outside the bound: is dy clipped, compared", -1},
        {TO_DX("if (v < 0) v *= 1 + 1e-6; if (get(IN(\"dy\"), 0, 0) < 0) v *= 1 - 1e-3;"),
         "not linear in dy: for -dy", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scene s;
        start(&s, table[i].act, FLAGS, "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]");
        cr_expect_eq(examine(&s), VJP_VERDICT_WRONG, "%zu: %s", i, s.finding.judgement.reason);
        expect_reason(&s, table[i].told);
        const struct vjp_multiple *failed = &s.finding.scaling.failed;
        cr_expect_eq((failed->exponent > 0) - (failed->exponent < 0), table[i].sign, "%zu: %d", i,
                     failed->exponent);
        cr_expect_eq(failed->negative, table[i].sign == 0);
        end(&s);
    }
}

/* One bit among the large numbers: inside the bound, but not what the contract says, unless the kernel says that it rounds
 * otherwise, or could not say so. */
Test(scaling, a_bit_counts_but_of_fixed_points)
{
    static const char act[] = TO_DX("if (fabs(v) > 1e30) v = nextafter(v, 0);");
    static const char line[] = "linear dtype=f64 N=1 D=1 M=4 x=[1] w=[1,0.7,0.3,0.1] dy=[1,1,1,1]";
    static const struct {
        const char *flags;
        enum vjp_verdict verdict;
    } table[] = {{FLAGS, VJP_VERDICT_WRONG}, {FIXED, VJP_VERDICT_EXACT}, {"", VJP_VERDICT_EXACT}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scene s;
        start(&s, act, table[i].flags, line);
        const enum vjp_verdict verdict = examine(&s);
        cr_expect(verdict == table[i].verdict ||
                      (vjp_verdict_is_success(verdict) && vjp_verdict_is_success(table[i].verdict)),
                  "%zu: %s", i, s.finding.judgement.reason);
        cr_expect_eq(s.finding.scaling.scaled, VJP_SCALED_ASKED);
        if (i == 0)
            expect_reason(&s, "both are inside the bound");
        end(&s);
    }
}

/* A sum in ascending order of its terms: -dy turns the order round, and other bits come of it. Whoever is one-sided by more
 * than the bound is found out all the same (limits_are_found). */
Test(scaling, an_order_that_goes_by_the_terms_is_one)
{
    static const char act[] =
        "answer(); const DLTensor *dx = OUT(\"dx\"); double term[8];"
        "for (int n = 0; n < 4; n++) { int m = 8; double sum = 0;"
        "    for (int i = 0; i < m; i++) term[i] = get(IN(\"dy\"), n, i) * get(IN(\"w\"), 0, i);"
        "    for (int i = 1; i < m; i++) for (int k = i; k > 0 && term[k - 1] > term[k]; k--)"
        "        { double t = term[k]; term[k] = term[k - 1]; term[k - 1] = t; }"
        "    for (int i = 0; i < m; i++) sum += term[i];"
        "    put(dx, n, 0, sum); }";
    struct scene s;
    start(&s, act, FLAGS, "linear dtype=f64 N=4 D=1 M=8 x=normal w=normal dy=normal seed=5");
    cr_expect(vjp_verdict_is_success(examine(&s)), "%s", s.finding.judgement.reason);
    cr_expect_eq(s.finding.scaling.scaled, VJP_SCALED_ASKED);
    end(&s);
}

/* The bound holds for those, too. */
Test(scaling, fixed_points_have_bounds)
{
    struct scene s;
    start(&s, TO_DX("if (v > 1e12) v = 1e12;"), FIXED,
          "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]");
    cr_expect_eq(examine(&s), VJP_VERDICT_WRONG);
    end(&s);
}

/* Of what may overflow, of infinities, of other layers, of kernels that give other bits each time nothing is known. */
Test(scaling, what_is_not_known_is_not_asked)
{
    static const struct {
        const char *flags, *line;
    } table[] = {
        {FLAGS, "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[inf]"},
        {FLAGS, "linear dtype=f64 N=1 D=1 M=1 x=[0x1p-900] w=[1] dy=[1]"},
        {FLAGS, "linear dtype=f64 N=1 D=1 M=1 x=[1] w=[0x1p1000] dy=[1]"},
        {FLAGS, "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[0x1p-127]"},
        {FLAGS " -DCAPABILITIES=0", "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scene s;
        start(&s, TO_DX("if (fabs(v) > 1e12 || fabs(v) < 1e-12) v *= 1.5;"), table[i].flags,
              table[i].line);
        (void)examine(&s);
        cr_expect_neq(s.finding.scaling.scaled, VJP_SCALED_ASKED, "%s", table[i].line);
        end(&s);
    }
}

/* The fourth call is the first for a multiple of dy: it alone, in a fresh process, is right. */
Test(scaling, an_earlier_answer_is_state)
{
    struct scene s;
    start(&s,
          "static int calls; static float kept; answer(); const DLTensor *dx = OUT(\"dx\"); if "
          "(++calls == 1) kept = get(dx, 0, 0); if (calls > 3) put(dx, 0, 0, kept);",
          FLAGS, "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]");
    cr_expect_eq(examine(&s), VJP_VERDICT_STATE_DEPENDENT, "%s", s.finding.judgement.reason);
    end(&s);
}

/* One case in so many, by its seed alone. */
Test(scaling, a_share_of_a_campaign)
{
    struct scene s;
    int asked = 0;
    start(&s, "answer();", FLAGS, "linear dtype=f32 N=1 D=1 M=1 x=[1] w=[1] dy=[1]");
    s.inquiry.question.scalings = VJP_SCALINGS_SHARE;
    for (uint64_t seed = 0; seed < 320; seed++) {
        s.c.seed = seed;
        examine(&s);
        asked += s.finding.scaling.scaled == VJP_SCALED_ASKED;
    }
    cr_expect(asked > 320 / VJP_SCALING_EVERY / 2 && asked < 320 / VJP_SCALING_EVERY * 2, "%d",
              asked);
    s.inquiry.question.scalings = VJP_SCALINGS_NONE;
    examine(&s);
    cr_expect_eq(s.finding.scaling.scaled, VJP_SCALED_NOT);
    end(&s);
}
