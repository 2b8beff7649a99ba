/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/recognise.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* y = x w with x N x D, w D x M: dx[n,d] = sum_m dy[n,m] w[d,m], dw[d,m] = sum_n x[n,d] dy[n,m]. A kernel is a function
 * that gives one term's factor: what dy[n,m] counts in the gradient's element (a,b). */
enum { N = 3, D = 4, M = 5 };

static double x_of(int64_t n, int64_t d)
{
    return (double)(1 + n * D + d);
}

static double w_of(int64_t d, int64_t m)
{
    return (double)(101 + d * M + m);
}

static double right_dx(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n == a ? w_of(b, m) : 0;
}

static double right_dw(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return m == b ? x_of(n, a) : 0;
}

typedef double (*factor)(int64_t n, int64_t m, int64_t a, int64_t b);

static void expect(bool is_dx, factor kernel, const char *text)
{
    static double x[N * D], w[D * M];
    const struct vjp_known_operand operand[] = {
        {.name = "x", .shape = {2, {N, D}}, .count = N * D, .value = x},
        {.name = "w", .shape = {2, {D, M}}, .count = D * M, .value = w}};
    const int64_t cols = is_dx ? D : M;
    const int64_t columns = is_dx ? N * D : D * M, rows = N * M;
    double *got = calloc((size_t)(rows * columns), sizeof *got);
    double *want = calloc((size_t)(rows * columns), sizeof *want);
    bool *outside = calloc((size_t)(rows * columns), sizeof *outside);
    for (int64_t k = 0; k < N * D; k++)
        x[k] = x_of(k / D, k % D);
    for (int64_t k = 0; k < D * M; k++)
        w[k] = w_of(k / M, k % M);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
            const int64_t k = i * columns + j;
            got[k] = kernel(i / M, i % M, j / cols, j % cols);
            want[k] = (is_dx ? right_dx : right_dw)(i / M, i % M, j / cols, j % cols);
            outside[k] = !(got[k] == want[k]);
        }
    }
    const struct vjp_jacobian_pair pair = {.cotangent = "dy",
                                           .dy = {2, {N, M}},
                                           .rows = rows,
                                           .gradient = is_dx ? "dx" : "dw",
                                           .g = {2, {is_dx ? N : D, cols}},
                                           .columns = columns,
                                           .dtype = VJP_F32,
                                           .got = got,
                                           .want = want,
                                           .outside = outside,
                                           .operand = operand,
                                           .n_operands = 2};
    struct vjp_text out = {0};
    vjp_recognise(&pair, &out);
    cr_expect_str_eq(out.data ? out.data : "", text);
    vjp_text_clear(&out);
    free(got);
    free(want);
    free(outside);
}

Test(recognise, nothing_where_everything_is_right)
{
    expect(true, right_dx, "");
    expect(false, right_dw, "");
}

static double tail_of_m(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return m >= 4 ? 0 : right_dx(n, m, a, b);
}

static double tail_of_d(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return a >= 2 ? 0 : right_dw(n, m, a, b);
}

static double block_of_n(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n == 1 ? 0 : right_dw(n, m, a, b);
}

static double first_of_batch(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n >= 1 ? 0 : right_dx(n, m, a, b);
}

Test(recognise, terms_and_elements_that_are_lost)
{
    expect(true, tail_of_m, "dy[:,4] has no effect on dx: its terms are lost");
    expect(false, tail_of_d, "dw[2:4,:] is 0 whatever dy is");
    expect(false, block_of_n, "dy[1,:] has no effect on dw: its terms are lost");
    expect(true, first_of_batch, "dx[1:3,:] is 0 whatever dy is");
}

static double all_ones(int64_t n, int64_t m, int64_t a, int64_t b)
{
    double sum = 0;
    (void)n, (void)m;
    for (int64_t k = 0; k < M; k++)
        sum += w_of(b, k);
    (void)a;
    return sum;
}

static double always_seven(int64_t n, int64_t m, int64_t a, int64_t b)
{
    (void)n, (void)m, (void)a, (void)b;
    return 7;
}

static double seven_more(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return right_dw(n, m, a, b) + (b == 1 ? 7 : 0);
}

Test(recognise, a_cotangent_that_is_ignored)
{
    expect(true, all_ones, "dx is the same whatever dy is, as though dy were all ones");
    expect(true, always_seven, "dx is the same whatever dy is");
    expect(false, seven_more, "to dw[:,1] something is added that does not depend on dy");
}

static double twice(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return right_dx(n, m, a, b) * (m == 2 ? 2 : 1);
}

static double negated(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return -right_dw(n, m, a, b);
}

static double third(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return right_dw(n, m, a, b) / 3;
}

Test(recognise, a_multiple)
{
    expect(true, twice, "the effect of dy[:,2] on dx counts twice");
    expect(false, negated, "the effect of dy on dw has the opposite sign");
    expect(false, third, "the effect of dy on dw is 0.3333 times what is right");
}

/* dy[n,m] is read at n + m N, where dy[n,m] lies in a transposed one. */
static double transposed_dy(int64_t n, int64_t m, int64_t a, int64_t b)
{
    const int64_t place = n * M + m; /* of the 1 */
    return right_dx(place % N, place / N, a, b);
}

static double transposed_dw(int64_t n, int64_t m, int64_t a, int64_t b)
{
    const int64_t place = a * M + b;
    return right_dw(n, m, place % D, place / D);
}

static double late_dw(int64_t n, int64_t m, int64_t a, int64_t b)
{
    const int64_t place = a * M + b - 1;
    return place < 0 ? 0 : right_dw(n, m, place / M, place % M);
}

Test(recognise, what_is_moved)
{
    expect(true, transposed_dy, "dy is read as though it were transposed");
    expect(false, transposed_dw, "dw is written as though it were transposed");
    expect(false, late_dw, "dw is written 1 element further on");
}

static double w_transposed(int64_t n, int64_t m, int64_t a, int64_t b)
{
    const int64_t place = m * D + b;
    return n == a ? w_of(place / M, place % M) : 0;
}

static double w_next_row(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n == a && b + 1 < D ? w_of(b + 1, m) : 0;
}

static double x_for_w(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n == a && m < D ? x_of(n, b) : 0;
}

Test(recognise, operands_by_their_values)
{
    expect(true, w_transposed, "w is read as though it were transposed");
    expect(true, w_next_row, "w is read 1 row further on");
    expect(true, x_for_w, "dx is made of x where it should be of w");
}

static double other_row(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return right_dx(n, m, a, b) + (n == 0 && a == 2 ? 0.5 : 0);
}

static double odd(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return right_dx(n, m, a, b) + (n == a && m == 1 ? 0.5 + (double)b : 0);
}

static double not_a_number(int64_t n, int64_t m, int64_t a, int64_t b)
{
    return n == 0 && m == 0 ? NAN : right_dw(n, m, a, b);
}

Test(recognise, where_it_is_where_nothing_is_recognised)
{
    expect(true, other_row, "dy[0,:] has an effect on dx[2,:] where it should have none");
    expect(true, odd, "the effect of dy[:,1] on dx is wrong");
    expect(false, not_a_number, "the effect of dy[0,0] on dw is wrong");
}
