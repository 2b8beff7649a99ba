/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Derivations of other layers than linear, by case lines. */
#include "oracle/jacobian/derive.h"

#include "oracle/forward/graph.h"
#include "oracle/jacobian/program.h"
#include "tests/cases/lines.h"
#include "tests/oracle/tally.h"

/* The output, and what a forward pass saves: mean = 2, rstd = 1 / sqrt(1 + 0.25). */
Test(derive_lines, outputs_and_saved_values)
{
    static const char line[] = "layernorm dtype=f64 eps=0.25 N=1 D=2 x=[1,3] w=[1,2] b=[0,5] "
                               "dy=[10,20]";
    struct vjp_error error = {""};
    struct vjp_derivation d;
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    cr_assert_eq(vjp_derive(&c, &data, 256, ANY_SIDE, NULL, &d, &error), VJP_OK, "%s", error.text);
    cr_assert(d.y.count == 2 && d.saved[0].count == 1 && d.saved[1].count == 1);
    cr_expect(d.saved[0].shape.rank == 1 && d.saved[0].shape.dim[0] == 1);
    cr_expect_eq(mpfr_cmp_ui(vjp_real_low(&d.saved[0].value[0]), 2), 0);
    const double rstd = 0.89442719099991587856; /* 2 / sqrt 5 */
    cr_expect_float_eq((double)vjp_real_get_ld(&d.saved[1].value[0]), rstd, 1e-16);
    cr_expect_float_eq((double)vjp_real_get_ld(&d.y.value[0]), -rstd, 1e-16);
    cr_expect_float_eq((double)vjp_real_get_ld(&d.y.value[1]), 2 * rstd + 5, 1e-15);
    cr_expect(d.gradient[0].sensitivity != NULL, "no sum of products");
    vjp_derivation_clear(&d);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(derive_lines, whether_an_operand_is_on_a_kink)
{
    static const struct {
        const char *line;
        bool on_kink;
    } table[] = {
        {"relu dtype=f32 rank=1 N=2 x=[1,0] dy=[1,1]", true},
        {"relu dtype=f32 rank=1 N=2 x=[1,-1] dy=[1,1]", false},
        {"maxpool2d dtype=f32 N=1 C=1 H=2 W=2 kernel=2 x=[3,3,1,1] dy=[1]", true},
        {"linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[3,-5] 1.w=[5,3] dy=[3]", true},
        {"linear | relu dtype=f32 1.N=1 1.D=2 1.M=1 1.x=[3,-5] 1.w=[5,2.5] dy=[3]", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_error error = {""};
        struct vjp_derivation d;
        struct vjp_case c = parse_case(table[i].line);
        struct vjp_data data = generate_line(table[i].line);
        cr_assert_eq(vjp_derive(&c, &data, 256, ANY_SIDE, NULL, &d, &error), VJP_OK, "%s",
                     error.text);
        cr_expect_eq(d.on_kink, table[i].on_kink, "%s", table[i].line);
        vjp_derivation_clear(&d);
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
}

static void compare_ways(struct tally *t, const char *line)
{
    struct vjp_error error = {""};
    struct vjp_graph graph;
    struct vjp_program program;
    struct vjp_derivation d;
    struct vjp_gradient other[VJP_MAX_INPUTS] = {0};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    cr_assert_eq(vjp_derive(&c, &data, 256, ANY_SIDE, NULL, &d, &error), VJP_OK, "%s", error.text);
    cr_assert_eq(vjp_graph_init(&graph, &c, &data, 256, ANY_SIDE, &error), VJP_OK, "%s",
                 error.text);
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        if (d.has_gradient[i])
            cr_assert_eq(vjp_gradient_init(&other[i], d.gradient[i].count, 256, &error), VJP_OK);
    }
    cr_assert_eq(vjp_program_record(&graph, &c, &data, d.has_gradient, &program, &error), VJP_OK);
    cr_assert_eq(vjp_program_measure(&graph, &program, d.has_gradient, other, &error), VJP_OK);
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        const struct vjp_gradient *g = &d.gradient[i];
        check(t, !d.has_gradient[i] || !g->sensitivity, "%s: input %d is plain", line, i);
        for (int64_t j = 0; d.has_gradient[i] && j < g->count; j++) {
            check(t, vjp_real_overlaps(&g->value[j], &other[i].value[j]), "%s: input %d, %d", line,
                  i, (int)j);
            check(t, g->terms[j] == other[i].terms[j], "%s: input %d, %d: k", line, i, (int)j);
            const long double scale = mpfr_get_ld(&g->scale[j], MPFR_RNDU);
            check(t, fabsl(mpfr_get_ld(&other[i].scale[j], MPFR_RNDU) - scale) <= 1e-14L * scale,
                  "%s: input %d, %d: S", line, i, (int)j);
        }
        vjp_gradient_clear(&other[i]);
    }
    vjp_program_clear(&program);
    vjp_graph_clear(&graph);
    vjp_derivation_clear(&d);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* Sums of products are contracted with explicit Jacobians; the recorded backward pass says the same. */
Test(derive_lines, both_ways_agree_where_both_are_open)
{
    static const char *const lines[] = {
        "linear dtype=f64 bias=1 N=3 D=4 M=5 x=wide",
        "linear dtype=f32 bias=1 N=3 D=4 M=5 accumulate=1 x=zeros",
        "matmul dtype=f64 B=2 M=3 N=4 K=5",
        "conv2d dtype=f32 bias=1 N=2 C=2 H=4 W=4 K=2 R=2 S=2",
        "relu dtype=f32 rank=1 N=9 x=normal",
        "maxpool2d dtype=f32 N=1 C=2 H=4 W=4 kernel=2",
        "residual dtype=f32 rank=1 N=5",
    };
    struct tally t = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        compare_ways(&t, lines[i]);
    tally_assert(&t, 300);
}

/* The answer of the forward pass alone is that of the derivation. */
Test(derive, domains_are_checked_without_a_derivation)
{
    static const struct {
        const char *line;
        enum vjp_status status;
    } table[] = {
        {"linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[-3]", VJP_ERR_USAGE},
        {"linear | log dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[3]", VJP_OK},
        {"linear | relu dtype=f64 1.N=1 1.D=1 1.M=1 1.x=[2] 1.w=[-3]", VJP_OK},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct vjp_case c = parse_case(table[i].line);
        struct vjp_data data = generate_line(table[i].line);
        struct vjp_derivation d = {0};
        struct vjp_error alone = {""}, derived = {""};
        cr_expect_eq(vjp_derive_check_domains(&c, &data, 256, &alone), table[i].status, "%s",
                     table[i].line);
        cr_expect_eq(vjp_derive(&c, &data, 256, ANY_SIDE, NULL, &d, &derived), table[i].status);
        cr_expect_str_eq(alone.text, derived.text);
        vjp_derivation_clear(&d);
        vjp_data_clear(&data);
        vjp_case_clear(&c);
    }
}
