/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/bench_timing.h"

#include "tests/reports/cli/bench_bed.h"

/* Enough for the fewest rounds. */
#define BRIEF 1e-3

struct scene {
    struct bench_bed bench;
    struct vjp_reference *reference;
    struct vjp_entrant entrant;
};

/* A plant that was judged; its operands are tenths, so that sums are rounded. */
static void start(struct scene *s, const char *name, const char *act)
{
    *s = (struct scene){0};
    bench_bed_open(&s->bench, name, act);
    struct bed *bed = &s->bench.bed;
    bed->c.dtype = VJP_F64;
    bed_values(bed);
    for (int slot = 0; slot <= BED_DY; slot++) {
        struct vjp_tensor *t = &bed->data.slot[slot];
        for (int64_t i = 0; i < t->count; i++)
            vjp_tensor_set(t, i, vjp_bits_from_double(VJP_F64, 0.1 * (double)(i + slot + 1)));
    }
    cr_assert_eq(vjp_reference_create(&bed->c, &bed->data, (struct vjp_kinks){0}, &s->reference,
                                      &bed->error),
                 VJP_OK, "%s", bed->error.text);
    s->entrant = (struct vjp_entrant){.target = &s->bench.target,
                                      .question = {&bed->c, &bed->data, s->reference}};
    cr_assert_eq(vjp_examine(&s->bench.targets, &s->bench.target, 0, &s->entrant.question,
                             &s->entrant.finding, &bed->error),
                 VJP_OK);
    cr_assert(vjp_entrant_is_right(&s->entrant), "%s", s->entrant.finding.judgement.reason);
}

static void end(struct scene *s)
{
    vjp_entrant_clear(&s->entrant);
    vjp_reference_destroy(s->reference);
    bench_bed_close(&s->bench);
}

static void time_it(struct scene *s, struct scene *peer)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_entrant_time(&s->entrant, peer ? &peer->entrant : NULL, BRIEF, &error), VJP_OK,
                 "%s", error.text);
}

Test(bench_timing, a_right_kernel_has_a_time)
{
    struct scene s;
    start(&s, "one", "answer(); usleep(500);");
    time_it(&s, NULL);
    const struct vjp_bench_result *r = &s.entrant.result;
    cr_assert(r->timed);
    cr_expect_geq(r->time.n, 6);
    cr_expect_geq(r->time.median, 500e-6);
    cr_expect_geq(r->calls, 3 * r->time.n);
    cr_expect_eq(r->bytes, 8 * (6 + 12 + 8 + 6 + 12));
    cr_expect_null(r->against);
    cr_expect(r->noise >= 0);
    end(&s);
}

Test(bench_timing, two_have_a_ratio_for_every_pair)
{
    struct scene s, peer;
    start(&s, "one", "answer(); usleep(100);");
    start(&peer, "two", "answer(); usleep(30000);");
    time_it(&s, &peer);
    const struct vjp_bench_result *r = &s.entrant.result;
    cr_assert(r->timed);
    cr_expect_str_eq(r->against, "two:plant");
    cr_expect_eq(r->ratio.n, r->time.n);
    cr_expect_gt(r->ratio.median, 1);
    cr_expect_not(peer.entrant.result.timed);
    end(&s);
    end(&peer);
}

/* The judge lets it call three times; wrong, crashed and changed from the twentieth call on, or wrong in one of
 * eight calls. */
Test(bench_timing, who_falls_while_timed_has_no_number)
{
    static const struct {
        const char *act;
        enum vjp_verdict verdict;
        const char *reason;
    } cases[] = {
        {"static int n; answer(); if (n++ > 20) ((double *)F(OUT(\"dx\")))[1] += 1;",
         VJP_VERDICT_WRONG, "while it was timed: dx[0,1] = "},
        {"static int n; if (n++ < 20) answer();", VJP_VERDICT_UNWRITTEN,
         "while it was timed: 18 elements of dx were never written"},
        {"static int n; answer(); if (n++ % 8 == 6) ((double *)F(OUT(\"dx\")))[1] += 1;",
         VJP_VERDICT_WRONG, "while it was timed: dx[0,1] = "},
        {"static int n; answer(); if (n++ > 20) abort();", VJP_VERDICT_CRASHED,
         "while it was timed: SIGABRT in run"},
        {"static int n; answer(); if (n++ > 20) ((double *)F(OUT(\"dw\")))[12] = 1;",
         VJP_VERDICT_OUT_OF_BOUNDS, "while it was timed: "},
        {"static int n; answer(); if (n++ > 20) fesetround(FE_UPWARD);", VJP_VERDICT_FP_ENVIRONMENT,
         "while it was timed: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s;
        start(&s, "one", cases[i].act);
        time_it(&s, NULL);
        const struct vjp_judgement *judgement = &s.entrant.finding.judgement;
        cr_expect_not(s.entrant.result.timed, "%s", cases[i].act);
        cr_expect(s.entrant.fell);
        cr_expect_eq(judgement->verdict, cases[i].verdict, "%s: %s", cases[i].act,
                     vjp_verdict_name(judgement->verdict));
        cr_expect_eq(strncmp(judgement->reason, cases[i].reason, strlen(cases[i].reason)), 0, "%s",
                     judgement->reason);
        end(&s);
    }
}

/* One unit in the last place, inside the bound of four terms. */
Test(bench_timing, other_bits_that_are_right_as_well_do_no_harm)
{
    struct scene s;
    start(&s, "one",
          "static int n; answer(); double *dx = (double *)F(OUT(\"dx\"));"
          "if (n++ > 20) dx[0] = nextafter(dx[0], 9);");
    time_it(&s, NULL);
    cr_expect(s.entrant.result.timed, "%s", s.entrant.finding.judgement.reason);
    cr_expect_not(s.entrant.fell);
    end(&s);
}

Test(bench_timing, where_the_peer_falls_the_other_is_timed_alone)
{
    struct scene s, peer;
    start(&s, "one", "answer();");
    start(&peer, "two", "static int n; answer(); if (n++ > 20) _exit(0);");
    time_it(&s, &peer);
    cr_expect(s.entrant.result.timed);
    cr_expect_null(s.entrant.result.against);
    cr_expect_eq(peer.entrant.finding.judgement.verdict, VJP_VERDICT_CRASHED);
    cr_expect(peer.entrant.fell);
    end(&s);
    end(&peer);
}

/* Its first timed call is the first's last: the peer is not asked, and nothing is known against it. */
Test(bench_timing, who_falls_at_once_takes_nobody_along)
{
    struct scene s, peer;
    start(&s, "one", "static int n; answer(); if (n++ == 3) _exit(0);");
    start(&peer, "two", "answer();");
    time_it(&s, &peer);
    cr_expect(s.entrant.fell);
    cr_expect_not(s.entrant.result.timed);
    cr_expect_not(peer.entrant.fell, "%s", peer.entrant.finding.judgement.reason);
    cr_expect(vjp_entrant_is_right(&peer.entrant));
    end(&s);
    end(&peer);
}
