/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/cli/evidence.h"

#include "reports/cli/account.h"
#include "tests/reports/scene.h"

#include <stdlib.h>
#include <string.h>

static struct scene s;
static struct vjp_record record;
static struct vjp_evidence *evidence;

/* Judges the scene and adds the evidence; mapped: records with maps so far. */
static void look(int *mapped)
{
    static char label[] = "a:k";
    static struct vjp_plugin_info info;
    struct vjp_error error = {""};
    struct vjp_account account;
    info = (struct vjp_plugin_info){.name = "a", .n_kernels = 1, .kernel = {s.kernel}};
    struct vjp_target target = {.info = &info, .label = {label}};
    const struct vjp_question question = {.c = &s.c, .data = &s.data, .reference = s.reference};
    scene_judge(&s);
    const struct vjp_finding finding = {.judgement = s.out, .seen = s.seen};
    cr_assert_eq(vjp_account_make(&s.c, &target, 0, &finding, &account, &error), VJP_OK);
    record = account.record;
    cr_assert_eq(
        vjp_evidence_add(&question, &s.kernel, &finding, mapped, &record, &evidence, &error),
        VJP_OK);
    vjp_account_clear(&account);
}

/* dw = 2 2 2 3 3 3, of which the fifth is said to be 2.5: on integers, every order gives the exact sum. */
Test(evidence, the_worst_element_and_where_it_stands)
{
    static const double dw[] = {2, 2, 2, 3, 2.5, 3};
    int mapped = 0;
    scene_set_small(&s);
    scene_answer(&s, -1, DW, dw);
    look(&mapped);
    cr_assert_eq(record.n_gradients, 2);
    const struct vjp_record_gradient *g = &record.gradient[1];
    cr_assert_str_eq(g->name, "dw");
    cr_expect_str_eq(g->worst.element, "dw[1,1]");
    cr_expect_str_eq(g->worst.got, "2.5");
    cr_expect_str_eq(g->worst.got_hex, "0x1.4p+1");
    cr_expect_str_eq(g->worst.want, "3");
    cr_expect_str_eq(g->worst.want_hex, "0x1.8p+1");
    cr_expect_str_eq(g->worst.exact, "3");
    cr_expect_str_eq(g->worst.bound_by, "exact");
    cr_expect(g->worst.error == 0.5 && g->worst.terms == 1 && g->worst.scale == 3);
    cr_expect_str_eq(g->map.cells, "....#.");
    cr_expect(g->map.rows == 2 && g->map.cols == 3);
    cr_expect_null(record.gradient[0].map.cells, "dx is right");
    cr_expect_str_eq(record.accumulate, "f32");
    cr_expect_str_eq(record.traits, "deterministic");
    cr_expect_eq(mapped, 0, "a small one");
    free(evidence);
    scene_clear(&s);
}

Test(evidence, infinities_have_no_bound)
{
    const double dw[] = {2, 2, 2, 3, (double)INFINITY, 3};
    int mapped = VJP_EVIDENCE_MAPS;
    scene_set_small(&s);
    scene_answer(&s, -1, DW, dw);
    look(&mapped);
    cr_expect_str_eq(record.gradient[1].worst.bound_by, "none");
    cr_expect_str_eq(record.gradient[1].worst.got, "inf");
    cr_expect_str_eq(record.gradient[1].worst.got_hex, "inf");
    cr_expect_str_eq(record.gradient[1].map.cells, "....#.");
    free(evidence);
    scene_clear(&s);
}

Test(evidence, maps_of_larger_gradients_come_to_an_end)
{
    static double zeros[20 * 20];
    for (int mapped = VJP_EVIDENCE_MAPS - 1, i = 0; i < 2; i++) {
        scene_set(&s, "linear dtype=f32 N=1 D=20 M=20 x=const:1 w=const:1 dy=const:1");
        scene_answer(&s, -1, DX, zeros);
        scene_answer(&s, -1, DW, zeros);
        look(&mapped);
        cr_expect_eq(record.gradient[0].map.cells != NULL, true, "20 elements");
        cr_expect_eq(record.gradient[1].map.cells != NULL, i == 0, "400 elements");
        cr_expect_eq(mapped, VJP_EVIDENCE_MAPS);
        free(evidence);
        scene_clear(&s);
    }
}

/* 1 + 2^-12 is not exact in the products; and a layer that is no sum. */
Test(evidence, how_bounds_come_about)
{
    static const double zeros[] = {5, 5, 5, 5, 5, 5};
    int mapped = 0;
    scene_set(&s, "linear dtype=f32 N=1 D=2 M=3 x=[0.1,0.2] w=[1,2,3,4,5,6] dy=[0.3,0.4,0.5]");
    scene_answer(&s, -1, DX, zeros);
    scene_answer(&s, -1, DW, zeros);
    look(&mapped);
    cr_expect_str_eq(record.gradient[0].worst.bound_by, "sum");
    cr_expect_eq(record.gradient[0].worst.terms, 3);
    free(evidence);
    scene_clear(&s);
    scene_set(&s, "tanh dtype=f32 N=1 M=1 x=[0.1] dy=[0.3]");
    scene_answer(&s, -1, 2, zeros);
    look(&mapped);
    cr_assert_eq(record.n_gradients, 1);
    cr_expect_str_eq(record.gradient[0].worst.bound_by, "running");
    free(evidence);
    scene_clear(&s);
}
