/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The recorded backward pass against the explicit Jacobian: values, S = |J|^T |dy| and k; and its
 * sensitivities by hand. */
#include "oracle/jacobian/program.h"

#include "oracle/jacobian/jacobian.h"
#include "tests/oracle/jacobian/program_run.h"
#include "tests/oracle/tally.h"

/* J^T dy, |J|^T |dy| and the number of terms, with what the output held before. */
struct want {
    struct vjp_real value;
    long double scale;
    int64_t terms;
};

static void add_term(struct want *w, const struct vjp_real *term)
{
    const long double size = fabsl(vjp_real_get_ld(term));
    vjp_real_add(&w->value, &w->value, term);
    w->scale += size;
    w->terms += size != 0;
}

static void contract(const struct run *r, const struct vjp_jacobian *j, int input,
                     struct want *want)
{
    const struct vjp_tensor *dy = &r->data.slot[vjp_slot_cotangent(r->c.spec)];
    const struct vjp_tensor *old = &r->data.slot[vjp_slot_gradient(r->c.spec, input)];
    struct vjp_real term;
    vjp_real_init(&term, PRECISION);
    for (int64_t row = 0; row < j->rows; row++) {
        for (int64_t e = j->start[row]; e < j->start[row + 1]; e++) {
            vjp_real_set_bits(&term, dy->dtype, vjp_tensor_get(dy, row));
            vjp_real_mul(&term, &term, &j->entry[e]);
            add_term(&want[j->column[e]], &term);
        }
    }
    for (int64_t e = 0; old->data && e < j->columns; e++) {
        vjp_real_set_bits(&term, old->dtype, vjp_tensor_get(old, e));
        add_term(&want[e], &term);
    }
    vjp_real_clear(&term);
}

static void check_input(struct tally *t, const char *line, const struct run *r,
                        const struct vjp_jacobian *j, int input)
{
    const struct vjp_gradient *g = &r->gradient[input];
    struct want *want = calloc((size_t)j->columns + 1, sizeof *want);
    for (int64_t e = 0; e < j->columns; e++)
        vjp_real_init(&want[e].value, PRECISION);
    contract(r, j, input, want);
    for (int64_t e = 0; e < j->columns; e++) {
        const long double scale = mpfr_get_ld(&g->scale[e], MPFR_RNDU);
        check(t, vjp_real_overlaps(&g->value[e], &want[e].value), "%s: input %d, %d: %Lg, want %Lg",
              line, input, (int)e, vjp_real_get_ld(&g->value[e]), vjp_real_get_ld(&want[e].value));
        check(t, is_close(scale, want[e].scale) || scale - want[e].scale < 0x1p-240L,
              "%s: input %d, %d: S is %Lg, want %Lg", line, input, (int)e, scale, want[e].scale);
        check(t, g->terms[e] == want[e].terms, "%s: input %d, %d: k is %d, want %d", line, input,
              (int)e, (int)g->terms[e], (int)want[e].terms);
        vjp_real_clear(&want[e].value);
    }
    free(want);
}

/* Every element of every gradient; returns how many. */
static int64_t compare(struct tally *t, const char *line)
{
    struct run r;
    struct vjp_graph graph;
    struct vjp_error error = {""};
    struct vjp_jacobian j[VJP_MAX_INPUTS] = {0};
    const int64_t before = t->checked;
    run_line(&r, line, ANY_SIDE);
    cr_assert_eq(vjp_graph_init(&graph, &r.c, &r.data, PRECISION, ANY_SIDE, &error), VJP_OK);
    cr_assert_eq(vjp_jacobian_by_rows(&graph, r.wanted, j, &error), VJP_OK);
    for (int i = 0; i < VJP_MAX_INPUTS; i++) {
        if (r.wanted[i])
            check_input(t, line, &r, &j[i], i);
        vjp_jacobian_clear(&j[i]);
    }
    vjp_graph_clear(&graph);
    clear(&r);
    return t->checked - before;
}

Test(program, agrees_with_the_explicit_jacobian)
{
    static const char *const lines[] = {
        "linear dtype=f64 bias=1 N=3 D=4 M=5",
        "linear dtype=f64 bias=1 accumulate=1 N=3 D=4 M=5",
        "softmax dtype=f32 N=3 C=5 x=normal:3",
        "softmax dtype=f32 N=3 C=5 accumulate=1",
        "layernorm dtype=f64 N=3 D=5",
        "layernorm dtype=f32 N=2 D=5 accumulate=1",
        "rmsnorm dtype=bf16 N=3 D=5",
        "gelu dtype=f32 N=3 M=4",
        "gelu dtype=f32 N=3 M=4 approximate=tanh",
        "attention dtype=f32 B=1 H=2 T=3 S=4 D=3 E=2",
        "attention dtype=f64 B=1 H=1 T=3 S=3 D=2 E=2 causal=1",
        "softmax_cross_entropy dtype=f32 N=4 C=5",
        "cross_entropy dtype=f32 N=4 C=5",
        "conv2d dtype=f64 N=1 C=2 H=4 W=4 K=2 R=3 S=3 bias=1 padding=1",
        "mse dtype=f32 N=3 D=4",
        "swiglu dtype=f32 N=2 M=4",
        "linear | tanh | linear dtype=f64 1.N=2 1.D=3 1.M=4 3.M=2 accumulate=1",
    };
    struct tally t = {0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_gt(compare(&t, lines[i]), 0, "%s", lines[i]);
    tally_assert(&t, 3 * 300);
}

/* x w = [0, 3]: what the first column hands back is any part of 4 dy, the second 5 dy; dx = x w^T of
 * that: 4 s 1 + 15 with s in [0, 1]; the old value is added. */
Test(program, sets_at_kinks)
{
    static const char line[] = "linear | relu | linear dtype=f64 1.N=1 1.D=1 1.M=2 3.M=1 1.x=[1] "
                               "1.w=[0,3] 3.w=[4,5] dy=[2] accumulate=1 1.dx=[100] 1.dw=[0,0] "
                               "3.dw=[0,0]";
    static const struct {
        enum vjp_point_kink point;
        double low, high;
    } table[] = {{VJP_POINT_ANY, 0, 8},
                 {VJP_POINT_LOWER, 0, 0},
                 {VJP_POINT_UPPER, 8, 8},
                 {VJP_POINT_MIDDLE, 4, 4}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct run r;
        run_line(&r, line, (struct vjp_kinks){.point = table[i].point});
        const struct vjp_real *dw = &r.gradient[1].value[0], *dx = &r.gradient[0].value[0];
        cr_expect_eq(dw->set, i == 0, "row %zu", i);
        cr_expect(mpfr_cmp_d(vjp_real_low(dw), table[i].low) == 0 &&
                      mpfr_cmp_d(vjp_real_high(dw), table[i].high) == 0,
                  "row %zu: dw", i);
        cr_expect(mpfr_cmp_d(vjp_real_low(dx), 130) == 0 && mpfr_cmp_d(vjp_real_high(dx), 130) == 0,
                  "row %zu: dx has the factor w = 0", i);
        clear(&r);
    }
}

/* d(x x)/dx dy is recorded as x dy + x dy: each product is off by u |x dy|, their sum by 2 u |x dy|. */
Test(program, sensitivities_by_hand)
{
    struct run r;
    const double x = 0x1.00001p0, dy = 0x1.8001p1;
    run_line(&r, "square dtype=f64 rank=1 N=1 x=[0x1.00001p0] dy=[0x1.8001p1]", ANY_SIDE);
    const struct vjp_sensitivity *s = &r.gradient[0].sensitivity[0];
    const long double term = (long double)x * dy;
    cr_expect(is_close(s->operands, 4 * term), "x and dy: 2 x dy each");
    cr_expect(is_close(s->peak, 2 * term), "the sum");
    cr_expect(is_close(s->probable, sqrtl(2 + 4) * term));
    clear(&r);
}

/* What an infinity becomes is not known, a NaN goes wherever its row goes, and nowhere else. */
Test(program, special_values)
{
    struct run r;
    run_line(&r, "softmax dtype=f32 N=2 C=2 x=[1,nan,1,2] dy=[1,2,1,2]", ANY_SIDE);
    cr_expect_eq(r.gradient[0].value[0].kind, VJP_REAL_NAN);
    cr_expect_eq(r.gradient[0].value[1].kind, VJP_REAL_NAN);
    cr_expect_eq(r.gradient[0].value[2].kind, VJP_REAL_FINITE);
    clear(&r);
    run_line(&r, "square dtype=f32 rank=1 N=2 x=[inf,3] dy=[1,1]", ANY_SIDE);
    cr_expect_eq(r.gradient[0].sensitivity[0].special, VJP_SPECIAL_OPEN);
    cr_expect_eq(r.gradient[0].sensitivity[1].special, VJP_SPECIAL_NONE);
    cr_expect_eq(r.gradient[0].value[0].kind, VJP_REAL_UNKNOWN);
    cr_expect_eq(r.gradient[0].value[1].kind, VJP_REAL_FINITE);
    clear(&r);
    run_line(&r, "tanh dtype=f32 rank=1 N=1 x=[inf] dy=[1]", ANY_SIDE);
    cr_expect_eq(r.gradient[0].value[0].kind, VJP_REAL_UNKNOWN, "0, or NaN by another formula");
    clear(&r);
}

/* An element that no output depends on is the sum of no terms; under accumulate what was there. */
Test(program, elements_that_nothing_depends_on)
{
    struct run r;
    run_line(&r, "embedding | exp dtype=f32 1.N=1 1.V=2 1.D=1 1.t=[1]", ANY_SIDE);
    const int w = r.wanted[0] ? 0 : 1;
    cr_assert(r.wanted[w] && r.gradient[w].count == 2);
    cr_expect(vjp_real_is_zero(&r.gradient[w].value[0]));
    cr_expect_eq(r.gradient[w].terms[0], 0);
    cr_expect_eq(r.gradient[w].terms[1], 1);
    clear(&r);
}
