/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/matrix.h"

#include "tests/reports/render/fixture.h"

static void write_index(const void *context, int64_t i, char *text, int size)
{
    (void)context;
    snprintf(text, (size_t)size, "%d", (int)i);
}

static void expect_matrix(const struct vjp_shape *shape, const char *expected)
{
    struct capture capture;
    capture_begin(&capture);
    vjp_matrix_print(shape, write_index, NULL, "", capture.file);
    cr_expect_str_eq(capture_end(&capture), expected);
    free(capture.text);
}

Test(matrix, every_rank_has_its_form)
{
    expect_matrix(&(struct vjp_shape){.rank = 0}, "[ 0 ]\n");
    expect_matrix(&(struct vjp_shape){.rank = 1, .dim = {3}}, "[ 0 1 2 ]\n");
    expect_matrix(&(struct vjp_shape){.rank = 2, .dim = {2, 6}}, "[  0  1  2  3  4  5 ]\n"
                                                                 "[  6  7  8  9 10 11 ]\n");
    expect_matrix(&(struct vjp_shape){.rank = 3, .dim = {2, 1, 2}}, "[0,:,:]\n[ 0 1 ]\n"
                                                                    "[1,:,:]\n[ 2 3 ]\n");
    expect_matrix(&(struct vjp_shape){.rank = 4, .dim = {1, 2, 1, 1}}, "[0,0,:,:]\n[ 0 ]\n"
                                                                       "[0,1,:,:]\n[ 1 ]\n");
    expect_matrix(&(struct vjp_shape){.rank = 2, .dim = {0, 3}}, "empty\n");
    expect_matrix(&(struct vjp_shape){.rank = 2, .dim = {3, 0}}, "empty\n");
}

Test(matrix, a_tensor_shows_its_values_or_says_that_it_is_large)
{
    const struct vjp_shape small = {.rank = 2, .dim = {1, 2}};
    const struct vjp_shape large = {.rank = 2, .dim = {17, 16}};
    struct vjp_tensor tensor;
    struct vjp_error error;
    struct capture capture;
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_F32, &small, &error), VJP_OK);
    vjp_tensor_set(&tensor, 1, vjp_bits_from_double(VJP_F32, -0.5));
    capture_begin(&capture);
    vjp_matrix_print_tensor(&tensor, "  ", capture.file);
    cr_expect_str_eq(capture_end(&capture), "  [    0 -0.5 ]\n");
    free(capture.text);
    vjp_tensor_clear(&tensor);
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_F32, &large, &error), VJP_OK);
    capture_begin(&capture);
    vjp_matrix_print_tensor(&tensor, "  ", capture.file);
    cr_expect_str_eq(capture_end(&capture), "  272 elements, too many to show\n");
    free(capture.text);
    vjp_tensor_clear(&tensor);
}
