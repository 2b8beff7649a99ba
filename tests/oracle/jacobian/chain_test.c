/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/jacobian/chain.h"

#include "tests/cases/lines.h"

#define PRECISION 192

/* One input's Jacobian by both ways. */
struct both {
    struct vjp_jacobian tape, chain;
};

static void derive(const struct vjp_case *c, const struct vjp_data *data, int input,
                   struct vjp_kinks kinks, struct both *out)
{
    struct vjp_graph graph;
    struct vjp_error error = {""};
    struct vjp_jacobian all[VJP_MAX_INPUTS] = {0};
    bool wanted[VJP_MAX_INPUTS] = {false};
    wanted[input] = true;
    cr_assert_eq(vjp_graph_init(&graph, c, data, PRECISION, kinks, &error), VJP_OK, "%s",
                 error.text);
    cr_assert_eq(vjp_jacobian_by_rows(&graph, wanted, all, &error), VJP_OK, "%s", error.text);
    out->tape = all[input];
    vjp_graph_clear(&graph);
    cr_assert_eq(vjp_chain_jacobian(c, data, input, PRECISION, kinks, &out->chain, &error), VJP_OK,
                 "%s", error.text);
}

/* An entry that one of the two does not have is a structural zero there. */
static bool holds_zero(const struct vjp_real *r)
{
    return r->kind == VJP_REAL_FINITE && mpfr_sgn(vjp_real_low(r)) <= 0 &&
           mpfr_sgn(vjp_real_high(r)) >= 0;
}

static bool agrees(const struct vjp_real *a, const struct vjp_real *b)
{
    if (a && b)
        return vjp_real_overlaps(a, b);
    return a ? holds_zero(a) : !b || holds_zero(b);
}

/* No wider than 2^-60 of its magnitude, or of 2^-60: an enclosure of everything would agree, too. */
static bool is_narrow(const struct vjp_real *r)
{
    if (r->kind != VJP_REAL_FINITE)
        return false;
    mpfr_t width, limit;
    mpfr_inits2(PRECISION, width, limit, (mpfr_ptr)NULL);
    mpfr_sub(width, vjp_real_high(r), vjp_real_low(r), MPFR_RNDU);
    mpfr_abs(limit, vjp_real_high(r), MPFR_RNDN);
    mpfr_add_d(limit, limit, 0x1p-60, MPFR_RNDN);
    mpfr_mul_2si(limit, limit, -60, MPFR_RNDN);
    const bool narrow = mpfr_cmp(width, limit) <= 0;
    mpfr_clears(width, limit, (mpfr_ptr)NULL);
    return narrow;
}

/* Compares the Jacobians by every differentiable input; returns the number of nonzero entries. */
static int64_t compare(const char *line)
{
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    int64_t failed = 0, nonzero = 0;
    for (int input = 0; input < c.spec->n_inputs; input++) {
        struct both j;
        if (!vjp_case_has_gradient(&c, input))
            continue;
        derive(&c, &data, input, (struct vjp_kinks){0}, &j);
        cr_assert(vjp_shape_is_equal(&j.tape.y, &j.chain.y));
        cr_assert(vjp_shape_is_equal(&j.tape.x, &j.chain.x));
        for (int64_t i = 0; i < j.tape.rows; i++) {
            for (int64_t k = 0; k < j.tape.columns; k++) {
                const struct vjp_real *a = vjp_jacobian_find(&j.tape, i, k);
                const struct vjp_real *b = vjp_jacobian_find(&j.chain, i, k);
                failed += !agrees(a, b) || (a && !is_narrow(a)) || (b && !is_narrow(b));
                nonzero += a && !holds_zero(a);
            }
        }
        vjp_jacobian_clear(&j.tape);
        vjp_jacobian_clear(&j.chain);
    }
    cr_expect_eq(failed, 0, "%s: %d entries", line, (int)failed);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
    return nonzero;
}

Test(chain, agrees_with_one_tape_over_the_whole)
{
    static const char *const lines[] = {
        "linear | tanh | linear dtype=f64 1.bias=1 3.bias=1 1.N=3 1.D=2 1.M=4 3.M=2",
        "linear | relu | linear | softmax | cross_entropy dtype=f32 1.bias=1 3.bias=1 1.N=4 1.D=3 "
        "1.M=5 3.M=3",
        "linear | relu | linear | softmax_cross_entropy dtype=f32 1.N=4 1.D=3 1.M=5 3.M=3",
        "conv2d | relu | maxpool2d | linear dtype=f32 1.N=2 1.C=2 1.H=5 1.W=5 1.K=3 1.R=2 1.S=2 "
        "1.bias=1 4.M=2",
        "embedding | layernorm | gelu | linear dtype=f64 1.N=3 1.V=4 1.D=5 4.M=2 1.t=repeats",
        "relu | attention dtype=f64 1.rank=4 1.N=1 1.M=2 1.P=3 1.Q=2 2.S=3 2.E=2",
        "linear | attention dtype=f64 1.N=4 1.D=3 1.M=3 2.B=1 2.H=2 2.T=3 2.D=2 2.S=3 2.E=2",
        "square | exp | sigmoid dtype=f16 1.rank=1 1.N=16",
        "rmsnorm | linear | silu | softmax dtype=bf16 1.N=2 1.D=4 2.M=5",
        "relu | linear dtype=f32 1.rank=1 1.N=6 2.N=2 2.D=3 2.M=2",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_gt(compare(lines[i]), 10, "%s", lines[i]);
}

/* With one convention a kink is a number, and both ways take the same. */
Test(chain, agrees_at_kinks_under_each_convention)
{
    static const char line[] = "linear | relu | linear dtype=f64 1.N=1 1.D=1 1.M=2 3.M=1 1.x=[1] "
                               "1.w=[0,3] 3.w=[4,5] dy=const";
    static const double slope[] = {
        [VJP_POINT_LOWER] = 0, [VJP_POINT_UPPER] = 1, [VJP_POINT_MIDDLE] = .5};
    struct vjp_case c = parse_case(line);
    struct vjp_data data = generate_line(line);
    for (int point = VJP_POINT_LOWER; point <= VJP_POINT_MIDDLE; point++) {
        struct both j;
        derive(&c, &data, 1, (struct vjp_kinks){.point = (enum vjp_point_kink)point}, &j);
        const struct vjp_real *a = vjp_jacobian_find(&j.tape, 0, 0);
        const struct vjp_real *b = vjp_jacobian_find(&j.chain, 0, 0);
        cr_assert(a && b);
        cr_expect(vjp_real_is_identical(a, b));
        cr_expect_not(a->set);
        cr_expect_eq(mpfr_cmp_d(vjp_real_low(a), 4 * slope[point]), 0, "%d", point);
        vjp_jacobian_clear(&j.tape);
        vjp_jacobian_clear(&j.chain);
    }
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

Test(chain, what_is_too_large_is_refused)
{
    static const char line[] = "relu | relu dtype=f32 1.N=4096 1.M=4096";
    struct vjp_case c = parse_case(line);
    struct vjp_data data = {0};
    struct vjp_jacobian j = {.rows = 42};
    cr_expect_eq(vjp_chain_jacobian(&c, &data, 0, 64, (struct vjp_kinks){0}, &j, NULL),
                 VJP_ERR_LIMIT);
    cr_expect_eq(j.rows, 42, "the output is untouched");
    vjp_case_clear(&c);
}
