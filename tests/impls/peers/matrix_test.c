/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/peers/matrix.h"

#include <criterion/criterion.h>

static struct peer_matrix matrix(int64_t rows, int64_t cols, int64_t down, int64_t across)
{
    int64_t shape[] = {9, rows, cols}, strides[] = {99, down, across};
    const DLTensor t = {.ndim = 3, .dtype = {kDLFloat, 32, 1}, .shape = shape, .strides = strides};
    struct peer_matrix m = {.ld = -1};
    cr_expect_eq(peer_matrix_of(&t, &m), m.ld != -1);
    return m;
}

static void expect(struct peer_matrix m, int64_t rows, int64_t cols, int64_t ld, int32_t turned)
{
    cr_expect(m.rows == rows && m.cols == cols && m.ld == ld && m.turned == turned,
              "%ld x %ld, ld %ld, turned %d", (long)m.rows, (long)m.cols, (long)m.ld, m.turned);
}

/* BLAS: the leading dimension is at least 1 and at least what lies side by side. */
Test(matrix, rows_or_columns_lie_side_by_side)
{
    expect(matrix(3, 4, 4, 1), 3, 4, 4, 0);
    expect(matrix(3, 4, 9, 1), 3, 4, 9, 0);
    expect(matrix(3, 4, 1, 3), 3, 4, 3, 1);
    expect(matrix(3, 4, 1, 8), 3, 4, 8, 1);
    expect(peer_transposed(matrix(3, 4, 9, 1)), 4, 3, 9, 1);
}

/* The stride of a dimension of size 1 says nothing. */
Test(matrix, one_row_or_column_may_have_any_stride)
{
    expect(matrix(3, 1, 7, 5), 3, 1, 7, 0);
    expect(matrix(3, 1, 1, 0), 3, 1, 1, 0);
    expect(matrix(1, 4, 0, 1), 1, 4, 4, 0);
    expect(matrix(1, 4, 0, 6), 1, 4, 6, 1);
    expect(matrix(1, 1, 0, 0), 1, 1, 1, 0);
}

Test(matrix, an_empty_one_has_a_leading_dimension_that_blas_takes)
{
    expect(matrix(0, 4, 0, 0), 0, 4, 4, 0);
    expect(matrix(3, 0, 0, 1), 3, 0, 1, 0);
    expect(matrix(0, 0, 0, 0), 0, 0, 1, 0);
}

Test(matrix, other_strides_are_declined)
{
    expect(matrix(3, 4, 8, 2), 0, 0, -1, 0); /* gaps both ways */
    expect(matrix(3, 4, 3, 1), 0, 0, -1, 0); /* rows overlap */
    expect(matrix(3, 4, 0, 1), 0, 0, -1, 0); /* one row for all */
    expect(matrix(3, 4, 1, 2), 0, 0, -1, 0); /* columns overlap */
}

Test(matrix, an_attribute_is_found_by_its_whole_name)
{
    const struct vjp_abi_attr a = {.name = "trans_a", .i = 7}, b = {.name = "trans", .i = 3};
    const struct vjp_abi_attr *const attrs[] = {&a, &b};
    const struct vjp_abi_call call = {.n_attrs = 2, .attrs = attrs};
    cr_expect_eq(peer_attr(&call, "trans_a"), 7);
    cr_expect_eq(peer_attr(&call, "trans"), 3);
    cr_expect_eq(peer_attr(&call, "tran"), 0);
}
