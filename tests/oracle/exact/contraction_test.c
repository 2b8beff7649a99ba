/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/contraction.h"

#include "tests/cases/lines.h"

#include <inttypes.h>
#include <math.h>

/* x, w and dy with elements that tell their places, and the gradient by one input as sums of products. */
static double sum_at(const struct vjp_contraction *r, int64_t batch, int64_t row, int64_t col)
{
    double left[16], right[16], sum = 0;
    cr_assert_leq(r->terms, 16);
    vjp_contraction_left(r, batch, row, left);
    vjp_contraction_right(r, batch, col, right);
    for (int64_t k = 0; k < r->terms; k++)
        sum += left[k] * right[k];
    return sum;
}

struct scene {
    struct vjp_case c;
    struct vjp_data data;
    struct vjp_contraction r;
};

static void start(struct scene *s, const char *line, int input)
{
    struct vjp_error error = {""};
    *s = (struct scene){.c = parse_case(line), .data = generate_line(line)};
    cr_assert_eq(vjp_contraction_init(&s->r, &s->c, &s->data, input, &error), VJP_OK, "%s",
                 error.text);
}

static void end(struct scene *s)
{
    vjp_contraction_clear(&s->r);
    vjp_data_clear(&s->data);
    vjp_case_clear(&s->c);
}

static const char linear[] = "linear dtype=f32 bias=1 N=2 D=3 M=2 x=[1,2,3,4,5,6] "
                             "w=[10,20,30,40,50,60] b=[7,8] dy=[1,2,3,4]";

/* dx[n,d] = sum over m of dy[n,m] w[d,m] */
Test(contraction, of_linear_by_x)
{
    struct scene s;
    start(&s, linear, 0);
    cr_expect(s.r.batches == 1 && s.r.rows == 2 && s.r.cols == 3 && s.r.terms == 2);
    cr_expect_eq(sum_at(&s.r, 0, 1, 2), 3 * 50 + 4 * 60);
    cr_expect_eq(s.r.out_batch[0] + s.r.out_row[1] + s.r.out_col[2], 1 * 3 + 2);
    end(&s);
}

/* dw[d,m] = sum over n of x[n,d] dy[n,m]: m is a row, which w shares with dy, d a column. */
Test(contraction, of_linear_by_w)
{
    struct scene s;
    start(&s, linear, 1);
    cr_expect(s.r.batches == 1 && s.r.rows == 2 && s.r.cols == 3 && s.r.terms == 2);
    cr_expect_eq(sum_at(&s.r, 0, 1, 2), 3 * 2 + 6 * 4);
    cr_expect_eq(s.r.out_batch[0] + s.r.out_row[1] + s.r.out_col[2], 2 * 2 + 1);
    end(&s);
}

/* db[m] = sum over n of dy[n,m] */
Test(contraction, of_linear_by_b)
{
    struct scene s;
    start(&s, linear, 2);
    cr_expect(s.r.batches == 1 && s.r.rows == 2 && s.r.cols == 1 && s.r.terms == 2);
    cr_expect_null(s.r.right.tensor);
    cr_expect_eq(sum_at(&s.r, 0, 1, 0), 2 + 4);
    cr_expect_eq(s.r.out_row[1], 1);
    end(&s);
}

/* db[i,k,n] = sum over m of a[i,m,k] dy[i,m,n], where b is stored at (i,n,k) and a at (i,k,m). */
Test(contraction, of_a_batched_product_with_transposes)
{
    struct scene s;
    start(&s,
          "matmul dtype=f64 trans_a=1 trans_b=1 B=2 M=2 K=2 N=1 a=[1,2,3,4,5,6,7,8] b=[1,2,3,4] "
          "dy=[10,20,30,40]",
          1);
    cr_expect(s.r.batches == 2 && s.r.rows == 1 && s.r.cols == 2 && s.r.terms == 2);
    cr_expect_eq(sum_at(&s.r, 1, 0, 1), 7 * 30 + 8 * 40, "i = 1, n = 0, k = 1");
    cr_expect_eq(s.r.out_batch[1] + s.r.out_row[0] + s.r.out_col[1], 1 * 2 + 1);
    end(&s);
}

/* One row above the image and one below, of which the filter's row 1 alone meets the image: y[j] = sum over
 * s < 2 of x[2 j + s - 1] w[1,s], x of 4, so that y has 3. dx[1] = dy[1] w[1,0], and at the other three of its
 * places in the filter there is nothing to multiply. */
static const char conv[] = "conv2d dtype=f64 N=1 C=1 H=1 W=4 K=1 R=2 S=2 stride=2 padding=1 "
                           "x=[1,2,3,4] w=[70,80,10,20] dy=[5,6,7]";

Test(contraction, of_a_convolution_by_x)
{
    static const double want[] = {5 * 20, 6 * 10, 6 * 20, 7 * 10};
    struct scene s;
    start(&s, conv, 0);
    cr_expect(s.r.batches == 1 && s.r.rows == 4 && s.r.cols == 1 && s.r.terms == 4);
    for (int64_t i = 0; i < 4; i++)
        cr_expect_eq(sum_at(&s.r, 0, i, 0), want[i], "%" PRId64, i);
    end(&s);
}

/* dw[1,s] = sum over j of dy[j] x[2 j + s - 1] */
Test(contraction, of_a_convolution_by_w)
{
    struct scene s;
    start(&s, conv, 1);
    cr_expect(s.r.rows == 1 && s.r.cols == 4 && s.r.terms == 3);
    cr_expect_eq(sum_at(&s.r, 0, 0, 0), 0);
    cr_expect_eq(sum_at(&s.r, 0, 0, 1), 0);
    cr_expect_eq(sum_at(&s.r, 0, 0, 2), 6 * 2 + 7 * 4);
    cr_expect_eq(sum_at(&s.r, 0, 0, 3), 5 * 1 + 6 * 3);
    end(&s);
}

Test(contraction, drops_what_is_no_term)
{
    struct scene s;
    double a[4] = {3, 3, 3, 3}, b[4];
    start(&s, conv, 0);
    for (int k = 0; k < 4; k++)
        b[k] = (double)INFINITY;
    vjp_contraction_drop(&s.r, &(struct vjp_contraction_place){0, 1, 0}, a, b);
    for (int k = 0; k < 4; k++)
        cr_expect(k == 2 ? a[k] == 3 && isinf(b[k]) : a[k] == 0 && b[k] == 0, "%d", k);
    end(&s);
}

/* The way back from every element's offset. */
Test(contraction, an_element_is_found_again)
{
    static const struct {
        const char *line;
        int input;
    } table[] = {
        {linear, 0},
        {linear, 1},
        {linear, 2},
        {"matmul dtype=f64 trans_a=1 trans_b=1 B=3 M=2 K=5 N=4", 0},
        {"matmul dtype=f64 trans_a=1 trans_b=1 B=3 M=2 K=5 N=4", 1},
        {"matmul dtype=f64 B=1 M=1 K=1 N=7", 1},
        {conv, 0},
        {"conv2d dtype=f32 N=2 C=6 H=5 W=4 K=4 R=3 S=2 stride=2 padding=1 dilation=2 groups=2", 0},
        {"conv2d dtype=f32 N=2 C=6 H=5 W=4 K=4 R=3 S=2 stride=2 padding=1 dilation=2 groups=2", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct scene s;
        start(&s, table[i].line, table[i].input);
        for (int64_t e = 0; e < s.r.batches * s.r.rows * s.r.cols; e++) {
            const int64_t b = e / (s.r.rows * s.r.cols), m = e / s.r.cols % s.r.rows;
            const int64_t n = e % s.r.cols;
            const struct vjp_contraction_place place =
                vjp_contraction_find(&s.r, s.r.out_batch[b] + s.r.out_row[m] + s.r.out_col[n]);
            cr_expect(place.batch == b && place.row == m && place.col == n, "row %zu", i);
        }
        for (int64_t m = 1; m < s.r.rows; m++)
            cr_expect_gt(s.r.out_row[m], s.r.out_row[m - 1]);
        for (int64_t n = 1; n < s.r.cols; n++)
            cr_expect_gt(s.r.out_col[n], s.r.out_col[n - 1]);
        end(&s);
    }
}

Test(contraction, of_nothing)
{
    struct scene s;
    start(&s, "linear dtype=f32 N=2 D=3 M=0 x=zeros w=[] dy=[]", 0);
    cr_expect(s.r.rows == 2 && s.r.cols == 3 && s.r.terms == 0);
    cr_expect_eq(sum_at(&s.r, 0, 1, 2), 0);
    end(&s);
}
