/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The XOR network, worked by hand.
 *
 * z = x w + b, h = relu(z), a = h v + c, p = softmax(a), L = mean of -sum of t log p. With
 * s = 1/(1 + 1/e), q = 1 - s = 1/(1 + e):
 *
 *     z = [-1 .5; 0 1.5; 0 1.5; 1 2.5]     h = [0 .5; 0 1.5; 0 1.5; 1 2.5]
 *     a = [.5 -.5; -.5 .5; -.5 .5; -.5 .5] p = [s q; q s; q s; q s]       t = [1 0; 0 1; 0 1; 1 0]
 *     4 L = -3 ln s - ln q = 4 ln(1 + 1/e) + 1
 *
 * 4 da = p - t = [-q q; q -q; q -q; -s s]
 * 4 dv = h^T (4 da):  row 0: 1 (-s, s);  row 1: .5 (-q, q) + (1.5 + 1.5) (q, -q) + 2.5 (-s, s)
 *                                             = 2.5 (q - s, s - q)
 * 4 dc = the sum of the rows of 4 da = (q - s, s - q)
 * 4 dh = 4 da v^T, v = [1 -1; -1 1]: (da0 - da1)(1, -1) = [-2q 2q; 2q -2q; 2q -2q; -2s 2s]
 * relu's slopes: [0 1; k 1; l 1; 1 1] with k, l anything in [0, 1], since z[1,0] = z[2,0] = 0:
 * 4 dz = [0 2q; 2qk -2q; 2ql -2q; -2s 2s]
 * 4 dw = x^T (4 dz), rows of x 00 01 10 11: row 0: z's rows 2 + 3: (2ql - 2s, 2s - 2q);
 *                                           row 1: z's rows 1 + 3: (2qk - 2s, 2s - 2q)
 * 4 db = (2q(k + l) - 2s, 2q - 4q + 2s)
 * 4 dx = 4 dz w^T, w all ones: both columns the sum of the row: 2q; 2q(k - 1); 2q(l - 1); 0 */
#include "oracle/jacobian/chain.h"

#include "tests/cases/lines.h"

#define PRECISION 256
#define NETWORK                                                                                    \
    "linear | relu | linear | softmax | cross_entropy dtype=f64 1.bias=1 3.bias=1 1.N=4 1.D=2 "    \
    "1.M=2 3.M=2 1.x=[0,0,0,1,1,0,1,1] 1.w=[1,1,1,1] 1.b=[-1,0.5] 3.w=[1,-1,-1,1] 3.b=[1,-1] "     \
    "5.t=[1,0,0,1,0,1,1,0] dy=[1]"

/* 1/4 + ln(1 + 1/e) to 53 digits, by Python's decimal module. */
#define LOSS "0.56326168751822283404899549496785564191528008567034837"

/* A gradient element as numbers of s and q: between (s low_s + q low_q) and (s high_s + q high_q). */
struct element {
    double low_s, low_q, high_s, high_q;
};

static const struct element dx[] = {{0, .5, 0, .5}, {0, .5, 0, .5}, {0, -.5, 0, 0}, {0, -.5, 0, 0},
                                    {0, -.5, 0, 0}, {0, -.5, 0, 0}, {0, 0, 0, 0},   {0, 0, 0, 0}};
static const struct element dw[] = {
    {-.5, 0, -.5, .5}, {.5, -.5, .5, -.5}, {-.5, 0, -.5, .5}, {.5, -.5, .5, -.5}};
static const struct element db[] = {{-.5, 0, -.5, 1}, {.5, -.5, .5, -.5}};
static const struct element dv[] = {
    {-.25, 0, -.25, 0}, {.25, 0, .25, 0}, {-.625, .625, -.625, .625}, {.625, -.625, .625, -.625}};
static const struct element dc[] = {{-.25, .25, -.25, .25}, {.25, -.25, .25, -.25}};
static const struct {
    const char *name;
    const struct element *element;
} gradients[] = {{"1.x", dx}, {"1.w", dw}, {"1.b", db}, {"3.w", dv}, {"3.b", dc}};

/* s a + q b, at twice the precision. */
static void combine(mpfr_t out, double a, double b)
{
    mpfr_t s, q;
    mpfr_inits2(2 * PRECISION, s, q, (mpfr_ptr)NULL);
    mpfr_set_si(q, 1, MPFR_RNDN);
    mpfr_exp(q, q, MPFR_RNDN);
    mpfr_add_si(q, q, 1, MPFR_RNDN);
    mpfr_si_div(q, 1, q, MPFR_RNDN);
    mpfr_si_sub(s, 1, q, MPFR_RNDN);
    mpfr_mul_d(s, s, a, MPFR_RNDN);
    mpfr_mul_d(q, q, b, MPFR_RNDN);
    mpfr_add(out, s, q, MPFR_RNDN);
    mpfr_clears(s, q, (mpfr_ptr)NULL);
}

/* 2^-(PRECISION - 32): some rounding of intermediates, which lie between 1/8 and 8. */
static bool is_near(mpfr_srcptr a, mpfr_srcptr b)
{
    mpfr_t difference;
    mpfr_init2(difference, 2 * PRECISION);
    mpfr_sub(difference, a, b, MPFR_RNDN);
    const bool near =
        mpfr_cmpabs_ui(difference, 0) == 0 || mpfr_get_exp(difference) <= -(PRECISION - 32);
    mpfr_clear(difference);
    return near;
}

/* The enclosure holds the interval between low and high, and is hardly wider. 2^-(2 PRECISION - 8) is
 * allowed for the rounding of low and high themselves. */
static bool is_hull(const struct vjp_real *r, const struct element *e)
{
    mpfr_t low, high;
    mpfr_inits2(2 * PRECISION, low, high, (mpfr_ptr)NULL);
    combine(low, e->low_s, e->low_q);
    combine(high, e->high_s, e->high_q);
    bool holds = r->kind == VJP_REAL_FINITE && is_near(vjp_real_low(r), low) &&
                 is_near(vjp_real_high(r), high);
    mpfr_add_d(low, low, 0x1p-504, MPFR_RNDU);
    mpfr_sub_d(high, high, 0x1p-504, MPFR_RNDD);
    holds = holds && mpfr_cmp(vjp_real_low(r), low) <= 0 && mpfr_cmp(vjp_real_high(r), high) >= 0;
    mpfr_clears(low, high, (mpfr_ptr)NULL);
    return holds;
}

static void init(struct vjp_graph *graph, const struct vjp_case *c, const struct vjp_data *data,
                 struct vjp_kinks kinks)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_graph_init(graph, c, data, PRECISION, kinks, &error), VJP_OK, "%s",
                 error.text);
}

Test(xor, the_loss_is_known_to_30_digits)
{
    struct vjp_case c = parse_case(NETWORK);
    struct vjp_data data = generate_line(NETWORK);
    struct vjp_graph graph;
    mpfr_t low, high;
    mpfr_inits2(PRECISION, low, high, (mpfr_ptr)NULL);
    init(&graph, &c, &data, (struct vjp_kinks){0});
    cr_assert_eq(graph.y_count, 1);
    cr_expect(vjp_tape_on_kink(graph.tape));
    const struct vjp_real *loss = vjp_tape_value(graph.tape, graph.y[0]);
    cr_assert_eq(loss->kind, VJP_REAL_FINITE);
    mpfr_set_str(low, LOSS, 10, MPFR_RNDN);
    mpfr_sub(high, vjp_real_high(loss), low, MPFR_RNDU);
    mpfr_sub(low, low, vjp_real_low(loss), MPFR_RNDU);
    cr_expect_lt(mpfr_get_d(low, MPFR_RNDU), 1e-49);
    cr_expect_lt(mpfr_get_d(high, MPFR_RNDU), 1e-49);
    cr_expect_gt(mpfr_get_d(low, MPFR_RNDN), -1e-49);
    cr_expect_gt(mpfr_get_d(high, MPFR_RNDN), -1e-49);
    mpfr_clears(low, high, (mpfr_ptr)NULL);
    vjp_graph_clear(&graph);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

static void expect_gradient(const struct vjp_jacobian *j, int which, const char *way)
{
    for (int64_t k = 0; k < j->columns; k++) {
        const struct element *e = &gradients[which].element[k];
        const struct vjp_real *entry = vjp_jacobian_find(j, 0, k);
        cr_assert_not_null(entry, "%s: d%s element %d", way, gradients[which].name, (int)k);
        cr_expect(is_hull(entry, e), "%s: d%s element %d: %g to %g", way, gradients[which].name,
                  (int)k, mpfr_get_d(vjp_real_low(entry), MPFR_RNDN),
                  mpfr_get_d(vjp_real_high(entry), MPFR_RNDN));
        cr_expect_eq(entry->set, e->low_q != e->high_q, "%s: d%s element %d", way,
                     gradients[which].name, (int)k);
    }
}

/* The loss is a scalar: its Jacobian's one row is the gradient. On the kink it is a set, and both ways
 * give its hull. */
Test(xor, gradients_are_enclosed_by_both_ways)
{
    struct vjp_case c = parse_case(NETWORK);
    struct vjp_data data = generate_line(NETWORK);
    struct vjp_graph graph;
    struct vjp_error error = {""};
    const struct vjp_kinks kinks = {0};
    init(&graph, &c, &data, kinks);
    for (int which = 0; which < 5; which++) {
        const int input = vjp_slot_find(c.spec, gradients[which].name);
        struct vjp_jacobian tape[VJP_MAX_INPUTS] = {0}, chain = {0};
        bool wanted[VJP_MAX_INPUTS] = {false};
        wanted[input] = true;
        cr_assert_eq(vjp_jacobian_by_rows(&graph, wanted, tape, &error), VJP_OK, "%s", error.text);
        cr_assert_eq(vjp_chain_jacobian(&c, &data, input, PRECISION, kinks, &chain, &error), VJP_OK,
                     "%s", error.text);
        expect_gradient(&tape[input], which, "one tape");
        expect_gradient(&chain, which, "chain");
        vjp_jacobian_clear(&tape[input]);
        vjp_jacobian_clear(&chain);
    }
    vjp_graph_clear(&graph);
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}

/* With the lower slope k = l = 0, with the upper one 1: an end of each set. */
Test(xor, a_convention_is_an_end_of_the_set)
{
    struct vjp_case c = parse_case(NETWORK);
    struct vjp_data data = generate_line(NETWORK);
    for (int point = VJP_POINT_LOWER; point <= VJP_POINT_UPPER; point++) {
        const struct vjp_kinks kinks = {.point = (enum vjp_point_kink)point};
        for (int which = 0; which < 3; which++) {
            const int input = vjp_slot_find(c.spec, gradients[which].name);
            struct vjp_jacobian chain = {0};
            cr_assert_eq(vjp_chain_jacobian(&c, &data, input, PRECISION, kinks, &chain, NULL),
                         VJP_OK);
            for (int64_t k = 0; k < chain.columns; k++) {
                struct element e = gradients[which].element[k];
                const struct vjp_real *entry = vjp_jacobian_find(&chain, 0, k);
                if (point == VJP_POINT_LOWER)
                    e.high_q = e.low_q;
                else
                    e.low_q = e.high_q;
                cr_assert_not_null(entry);
                cr_expect(is_hull(entry, &e), "d%s element %d", gradients[which].name, (int)k);
                cr_expect_not(entry->set);
            }
            vjp_jacobian_clear(&chain);
        }
    }
    vjp_data_clear(&data);
    vjp_case_clear(&c);
}
