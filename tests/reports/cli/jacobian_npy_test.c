/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of values, which the format cannot hold, is an entry of no layer that there is: linear's are
 * single numbers. */
#include "reports/cli/jacobian_npy.h"

#include "tests/reports/render/fixture.h"
#include "tests/reports/scene.h"

static struct vjp_explicit *derive(const struct scene *s, int input)
{
    struct vjp_explicit *jacobian = NULL;
    struct vjp_error error = {""};
    cr_assert_eq(vjp_explicit_create(&s->c, &s->data, input, 128, &jacobian, &error), VJP_OK, "%s",
                 error.text);
    return jacobian;
}

/* Checks a file with a header of 128 bytes, which 4 dimensions fit into. */
static void expect_file(const struct capture *capture, const char *shape, const double *values,
                        int count)
{
    static const char magic[] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    char header[119];
    cr_assert_eq(capture->length, 128 + 8 * (size_t)count, "%d bytes", (int)capture->length);
    cr_expect_eq(memcmp(capture->text, magic, sizeof magic), 0);
    memcpy(header, capture->text + 10, 118);
    header[118] = '\0';
    expect_in(header, "'descr': '<f8'");
    expect_in(header, "'fortran_order': False");
    expect_in(header, shape);
    cr_expect_eq(header[117], '\n');
    cr_expect_eq(memcmp(capture->text + 128, values, 8 * (size_t)count), 0);
}

/* y = x w with y (1 x 3), x (1 x 2): entry (i, j) is w[j, i]. */
Test(jacobian_npy, rows_are_of_y_and_columns_of_x)
{
    struct scene s;
    struct capture capture;
    struct vjp_error error = {""};
    const double values[] = {1, 4, 2, 5, 3, 6};
    scene_set(&s, SMALL_CASE);
    struct vjp_explicit *jacobian = derive(&s, X);
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_npy_write(jacobian, capture.file, &error), VJP_OK, "%s", error.text);
    capture_end(&capture);
    expect_file(&capture, "'shape': (1, 3, 1, 2)", values, 6);
    free(capture.text);
    vjp_explicit_destroy(jacobian);
    scene_clear(&s);
}

/* By the bits: the doubles of the operands as they are, and +0 where x has no part in y. */
Test(jacobian_npy, structural_zeros_and_special_values_are_written)
{
    struct scene s;
    struct capture capture;
    struct vjp_error error = {""};
    const double values[] = {-0.1, 0, 0, -0.1, INFINITY, 0, 0, INFINITY};
    scene_set(&s, "linear dtype=f64 N=2 D=1 M=2 x=[1,1] w=[-0.1,inf] dy=[1,1,1,1]");
    struct vjp_explicit *jacobian = derive(&s, X);
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_npy_write(jacobian, capture.file, &error), VJP_OK, "%s", error.text);
    capture_end(&capture);
    const double in_order[] = {values[0], values[1], values[4], values[5],
                               values[2], values[3], values[6], values[7]};
    expect_file(&capture, "'shape': (2, 2, 2, 1)", in_order, 8);
    free(capture.text);
    vjp_explicit_destroy(jacobian);
    scene_clear(&s);
}

Test(jacobian_npy, nan_is_a_value)
{
    struct scene s;
    struct capture capture;
    struct vjp_error error = {""};
    double value;
    scene_set(&s, "linear dtype=f16 N=1 D=1 M=1 x=[nan] w=[2] dy=[1]");
    struct vjp_explicit *jacobian = derive(&s, W);
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_npy_write(jacobian, capture.file, &error), VJP_OK, "%s", error.text);
    capture_end(&capture);
    cr_assert_eq(capture.length, 136);
    memcpy(&value, capture.text + 128, sizeof value);
    cr_expect(isnan(value));
    free(capture.text);
    vjp_explicit_destroy(jacobian);
    scene_clear(&s);
}

/* Softmax of an infinite logit: NaN or 0, as one computes it. */
Test(jacobian_npy, what_is_not_determined_is_refused)
{
    struct scene s;
    struct capture capture;
    struct vjp_error error = {""};
    scene_set(&s, "softmax dtype=f64 N=1 C=2 x=[inf,3] dy=[1,1]");
    struct vjp_explicit *jacobian = derive(&s, X);
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_npy_write(jacobian, capture.file, &error), VJP_ERR_LIMIT);
    expect_in(error.text, " is not determined, which .npy cannot hold: use --format text or json");
    cr_expect_str_eq(capture_end(&capture), "");
    free(capture.text);
    vjp_explicit_destroy(jacobian);
    scene_clear(&s);
}

Test(jacobian_npy, an_empty_operand_gives_a_header)
{
    struct scene s;
    struct capture capture;
    struct vjp_error error = {""};
    scene_set(&s, "linear dtype=f32 N=2 D=0 M=1");
    struct vjp_explicit *jacobian = derive(&s, X);
    capture_begin(&capture);
    cr_expect_eq(vjp_jacobian_npy_write(jacobian, capture.file, &error), VJP_OK, "%s", error.text);
    capture_end(&capture);
    expect_file(&capture, "'shape': (2, 1, 2, 0)", (const double[]){0}, 0);
    free(capture.text);
    vjp_explicit_destroy(jacobian);
    scene_clear(&s);
}
