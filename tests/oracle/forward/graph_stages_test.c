/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Graphs of layers with integer operands and saved values, and of pipelines. */
#include "oracle/forward/graph.h"

#include "cases/gen/suite.h"
#include "cases/spec/pipeline.h"
#include "tests/cases/lines.h"

static struct vjp_graph graph_of(const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_graph graph;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_graph_init(&graph, &c, &data, 256, (struct vjp_kinks){0}, &error), VJP_OK,
                 "%s: %s", line, error.text);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return graph;
}

/* How the case ends, recorded as a whole and stage by stage. */
static void expect_refused(const char *line, const char *expected)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_graph graph = {0};
    struct vjp_graph before = {0};
    struct vjp_error error = {""};
    cr_expect_eq(vjp_graph_init(&graph, &c, &data, 256, (struct vjp_kinks){0}, &error),
                 VJP_ERR_USAGE, "%s", line);
    cr_expect_str_eq(error.text, expected);
    cr_expect_null(graph.tape);
    enum vjp_status status = VJP_OK;
    strcpy(error.text, "");
    for (int k = 0; status == VJP_OK && k < vjp_pipeline_of(c.spec)->n_stages; k++) {
        struct vjp_graph stage = {0};
        status =
            vjp_graph_init_stage(&stage, &c, &data, k, &before, 256, (struct vjp_kinks){0}, &error);
        vjp_graph_clear(&before);
        before = stage;
    }
    vjp_graph_clear(&before);
    cr_expect_eq(status, VJP_ERR_USAGE, "%s", line);
    cr_expect_str_eq(error.text, expected);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

static void expect_number(const struct vjp_graph *g, int64_t node, double expected,
                          const char *what)
{
    const struct vjp_real *value = vjp_tape_value(g->tape, node);
    cr_assert_eq(value->kind, VJP_REAL_FINITE);
    cr_expect(value->point && mpfr_cmp_d(vjp_real_low(value), expected) == 0, "%s: %g", what,
              mpfr_get_d(vjp_real_low(value), MPFR_RNDN));
}

Test(graph, integers_are_no_leaves)
{
    struct vjp_graph g =
        graph_of("embedding dtype=f32 N=3 V=4 D=2 w=[1,2,3,4,5,6,7,8] t=[2,0,2] dy=const");
    static const double y[] = {5, 6, 1, 2, 5, 6};
    cr_expect_null(g.in[1]);
    cr_expect_eq(g.in_count[1], 0);
    cr_expect_eq(g.in_shape[1].rank, 1);
    cr_expect_eq(g.in_count[0], 8);
    cr_expect_eq(g.y_count, 6);
    for (int64_t i = 0; i < 6; i++)
        expect_number(&g, g.y[i], y[i], "y");
    vjp_graph_clear(&g);
}

/* relu's saved value is its output; rmsnorm's is 1 / sqrt(mean square + eps): of 3 and 2 with
 * eps = 0.5 it is 1 / sqrt(7). */
Test(graph, saved_values_have_their_nodes)
{
    struct vjp_graph g = graph_of("relu dtype=f32 N=1 M=3 x=[-1,0,2] dy=const");
    cr_assert_eq(g.saved_count[0], 3);
    cr_expect_eq(memcmp(g.saved[0], g.y, 3 * sizeof *g.y), 0);
    cr_expect_neq(g.saved[0], g.y);
    vjp_graph_clear(&g);
    g = graph_of("rmsnorm dtype=f32 eps=0.5 N=1 D=2 x=[3,2] w=[1,1] dy=const");
    cr_assert_eq(g.saved_count[0], 1);
    cr_expect_eq(g.saved_shape[0].rank, 1);
    const struct vjp_real *rstd = vjp_tape_value(g.tape, g.saved[0][0]);
    cr_expect_float_eq(mpfr_get_d(vjp_real_low(rstd), MPFR_RNDN), 0.37796447300922722721, 1e-16);
    vjp_graph_clear(&g);
}

/* x = [1 2], w1 = [1 -1 2; 3 1 -4]: x w1 = [7 1 -6]; relu: [7 1 0]; w3 = [1; 10; 100]: 17. */
static const char three_stages[] =
    "linear | relu | linear dtype=f32 1.N=1 1.D=2 1.M=3 3.M=1 1.x=[1,2] 1.w=[1,-1,2,3,1,-4] "
    "3.w=[1,10,100] dy=const";

Test(graph, a_pipeline_is_one_tape)
{
    struct vjp_graph g = graph_of(three_stages);
    cr_assert_eq(g.y_count, 1);
    expect_number(&g, g.y[0], 17, "y");
    cr_expect_null(g.in[2], "1.b takes no part");
    cr_expect_eq(g.in_count[3], 3);
    expect_number(&g, g.in[3][2], 100, "3.w");
    for (int k = 0; k < VJP_MAX_SAVED; k++)
        cr_expect_null(g.saved[k]);
    vjp_graph_clear(&g);
}

Test(graph, a_stage_alone_begins_with_what_is_known)
{
    struct vjp_case c = parse_case(three_stages);
    struct vjp_data data = generate_line(three_stages);
    struct vjp_graph stage[4] = {{0}};
    static const double y[3][3] = {{7, 1, -6}, {7, 1, 0}, {17}};
    for (int k = 0; k < 3; k++) {
        cr_assert_eq(vjp_graph_init_stage(&stage[k + 1], &c, &data, k, &stage[k], 128,
                                          (struct vjp_kinks){0}, NULL),
                     VJP_OK);
        const struct vjp_graph *g = &stage[k + 1];
        for (int64_t i = 0; i < g->y_count; i++)
            expect_number(g, g->y[i], y[k][i], "y");
        cr_expect_eq(g->in_count[0], k == 0 ? 2 : 3);
        for (int64_t i = 0; i < g->in_count[0]; i++)
            cr_expect(vjp_tape_is_leaf(g->tape, g->in[0][i]));
    }
    cr_expect_eq(stage[3].in_count[1], 3, "w, as the stage's layer numbers it");
    for (int k = 1; k <= 3; k++)
        vjp_graph_clear(&stage[k]);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* Images become rows: a stage's first input has the shape of the output before. */
Test(graph, a_stage_takes_the_shape_it_is_given)
{
    static const char line[] = "conv2d | linear dtype=f32 1.N=2 1.C=1 1.H=3 1.W=3 1.K=2 1.R=2 "
                               "1.S=2 2.M=1";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    struct vjp_graph conv = {0}, linear = {0};
    char text[32];
    cr_assert_eq(vjp_graph_init_stage(&conv, &c, &data, 0, NULL, 64, (struct vjp_kinks){0}, NULL),
                 VJP_OK);
    cr_assert_eq(
        vjp_graph_init_stage(&linear, &c, &data, 1, &conv, 64, (struct vjp_kinks){0}, NULL),
        VJP_OK);
    cr_expect_str_eq(vjp_shape_text(&linear.in_shape[0], text, sizeof text), "2x2x2x2");
    cr_expect_eq(linear.in_count[0], 16);
    cr_expect_str_eq(vjp_shape_text(&linear.in_shape[1], text, sizeof text), "8x1");
    vjp_graph_clear(&conv);
    vjp_graph_clear(&linear);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

static enum vjp_status check_line(const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_error error = {""};
    const enum vjp_status status = vjp_graph_check(&c, &error);
    cr_expect(status == VJP_OK || strstr(error.text, "4194304"), "%s", error.text);
    vjp_case_clear(&c);
    return status;
}

/* 2^21 + 2^21 operations are as many as the limit; no stage may exceed it, nor all together. */
Test(graph, the_stages_together_are_limited)
{
    cr_expect_eq(check_line("relu | relu dtype=f32 1.N=1024 1.M=2048"), VJP_OK);
    cr_expect_eq(check_line("relu | relu dtype=f32 1.N=1024 1.M=2049"), VJP_ERR_LIMIT);
    cr_expect_eq(check_line("linear | relu dtype=f32 1.N=4194305 1.D=0 1.M=1"), VJP_ERR_LIMIT,
                 "the intermediate is long");
    cr_expect_eq(check_line("linear | linear dtype=f32 1.N=4194305 1.D=0 1.M=1 2.M=0"),
                 VJP_ERR_LIMIT, "although the operands and the output are empty");
}

/* By hand: [1,2] times [1,1,1; 1,-2,1] is [3,-3,3]; relu(-1) is 0; exp(inf) is infinite. */
Test(graph, a_stage_is_refused_what_is_outside_of_its_domain)
{
    expect_refused(
        "linear | log dtype=f32 1.N=1 1.D=2 1.M=3 1.x=[1,2] 1.w=[1,1,1,1,-2,1]",
        "2.x[0,1]=-3, the output of stage 1 (linear): expected a finite number greater than 0");
    expect_refused(
        "linear | cross_entropy dtype=f64 1.N=2 1.D=1 1.M=2 1.x=[1,1.25] 1.w=[1,-1] "
        "1.b=[0,1.125] 1.bias=1 2.t=[1,0,0,1]",
        "2.x[1,1]=-0.125, the output of stage 1 (linear): expected a finite number greater "
        "than 0");
    expect_refused(
        "square | relu | log dtype=f64 1.rank=1 1.N=2 1.x=[1,0]",
        "3.x[1]=0, the output of stage 2 (relu): expected a finite number greater than 0");
    expect_refused(
        "layernorm | log dtype=f64 1.N=1 1.D=2 1.x=[1,1] 1.w=[1,1] 1.b=[0,0]",
        "2.x[0,0]=0, the output of stage 1 (layernorm): expected a finite number greater than 0");
    expect_refused(
        "exp | log dtype=f64 1.rank=1 1.N=2 1.x=[1,inf]",
        "2.x[1]=inf, the output of stage 1 (exp): expected a finite number greater than 0");
    expect_refused(
        "exp | log dtype=f64 1.rank=1 1.N=2 1.x=[1,nan]",
        "2.x[1]=nan, the output of stage 1 (exp): expected a finite number greater than 0");
    expect_refused(
        "linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[-inf] 1.w=[1]",
        "2.x[0,0]=-inf, the output of stage 1 (linear): expected a finite number greater than 0");
}

/* What is not sure is let pass: e - e is 0, enclosed from both sides; and what is larger than 2^(2^30)
 * is no known number. */
Test(graph, a_stage_is_given_what_may_be_inside_of_its_domain)
{
    struct vjp_graph g =
        graph_of("exp | linear | log dtype=f64 1.N=1 1.M=2 2.M=1 1.x=[1,1] 2.w=[1,-1]");
    cr_expect_eq(vjp_tape_value(g.tape, g.y[0])->kind, VJP_REAL_UNKNOWN);
    vjp_graph_clear(&g);
    g = graph_of("exp | log dtype=f64 1.rank=1 1.N=1 1.x=[1e9]");
    cr_expect_eq(vjp_tape_value(g.tape, g.y[0])->kind, VJP_REAL_UNKNOWN);
    vjp_graph_clear(&g);
    g = graph_of(
        "linear | log dtype=f64 1.N=1 1.D=2 1.M=1 1.x=[1,-1] 1.w=[1,0x1.fffffffffffffp-1]");
    cr_expect_eq(vjp_tape_value(g.tape, g.y[0])->kind, VJP_REAL_FINITE, "2^-53 is positive");
    vjp_graph_clear(&g);
}

/* What a spec promises of its output, on generated cases whose operands are numbers. */
Test(graph, outputs_that_are_said_to_be_positive_are)
{
    int promised = 0;
    for (const struct vjp_spec *const *spec = vjp_specs; *spec; spec++) {
        promised += (*spec)->positive;
        for (int64_t i = 0; i < 40 && (*spec)->positive; i++) {
            struct vjp_case c;
            struct vjp_text line = {0};
            cr_assert_eq(vjp_suite_case(*spec, VJP_F64, 1, i, &c, NULL), VJP_OK);
            vjp_case_print(&c, &line);
            struct vjp_graph g = graph_of(line.data);
            for (int64_t e = 0; e < g.y_count; e++) {
                const struct vjp_real *y = vjp_tape_value(g.tape, g.y[e]);
                cr_expect(strstr(line.data, "=special") ||
                              (y->kind == VJP_REAL_FINITE && mpfr_sgn(vjp_real_low(y)) > 0),
                          "%s", line.data);
            }
            vjp_graph_clear(&g);
            vjp_text_clear(&line);
            vjp_case_clear(&c);
        }
    }
    cr_expect_eq(promised, 4, "softmax, sigmoid, exp, softplus");
}
