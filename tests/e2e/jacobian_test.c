/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/shell.h"

#include <jansson.h>

/* N = 2, D = 2, M = 3 with wij = 10 i + j, so that the literals below can be read:
 *     dY/dx11 = [w11 w12 w13; 0 0 0]   dY/dx12 = [w21 w22 w23; 0 0 0]
 *     dY/dx21 = [0 0 0; w11 w12 w13]   dY/dx22 = [0 0 0; w21 w22 w23]
 *     dy_nm/dw_dm' = x_nd if m = m', else 0 */
#define MINIBATCH                                                                                  \
    "'linear dtype=f64 N=2 D=2 M=3 x=[7,8,9,10] w=[11,12,13,21,22,23] dy=[1,1,1,1,1,1]'"

Test(jacobian, text_is_the_minibatch_of_the_documents)
{
    struct answer answer = sh("$V jacobian " MINIBATCH);
    expect_code(&answer, 0);
    cr_expect_str_eq(
        answer.out,
        "linear dtype=f64 N=2 D=2 M=3 x=[7,8,9,10] w=[11,12,13,21,22,23] dy=[1,1,1,1,1,1]\n"
        "\n"
        "dy/dx: (2x3) x (2x2), 12 entries that are not structural zeros\n"
        "\n"
        "dy/dx[0,0] =\n"
        "    [ 11 12 13 ]\n"
        "    [  0  0  0 ]\n"
        "\n"
        "dy/dx[0,1] =\n"
        "    [ 21 22 23 ]\n"
        "    [  0  0  0 ]\n"
        "\n"
        "dy/dx[1,0] =\n"
        "    [  0  0  0 ]\n"
        "    [ 11 12 13 ]\n"
        "\n"
        "dy/dx[1,1] =\n"
        "    [  0  0  0 ]\n"
        "    [ 21 22 23 ]\n"
        "\n"
        "dy/dw: (2x3) x (2x3), 12 entries that are not structural zeros\n"
        "\n"
        "dy/dw[0,0] =\n"
        "    [ 7 0 0 ]\n"
        "    [ 9 0 0 ]\n"
        "\n"
        "dy/dw[0,1] =\n"
        "    [ 0 7 0 ]\n"
        "    [ 0 9 0 ]\n"
        "\n"
        "dy/dw[0,2] =\n"
        "    [ 0 0 7 ]\n"
        "    [ 0 0 9 ]\n"
        "\n"
        "dy/dw[1,0] =\n"
        "    [  8  0  0 ]\n"
        "    [ 10  0  0 ]\n"
        "\n"
        "dy/dw[1,1] =\n"
        "    [  0  8  0 ]\n"
        "    [  0 10  0 ]\n"
        "\n"
        "dy/dw[1,2] =\n"
        "    [  0  0  8 ]\n"
        "    [  0  0 10 ]\n");
    forget(&answer);
}

/* Row i is an element of y, column j one of x, both row-major. */
static const double dy_dx[6][4] = {{11, 21, 0, 0}, {12, 22, 0, 0}, {13, 23, 0, 0},
                                   {0, 0, 11, 21}, {0, 0, 12, 22}, {0, 0, 13, 23}};

Test(jacobian, json_has_the_same_numbers)
{
    struct answer answer = sh("$V jacobian " MINIBATCH " --of y --wrt x --format json");
    json_error_t error;
    expect_code(&answer, 0);
    json_t *json = json_loads(answer.out, 0, &error);
    cr_assert_not_null(json, "%s", error.text);
    const json_t *jacobians = json_object_get(json, "jacobians");
    cr_assert_eq(json_array_size(jacobians), 1);
    const json_t *jacobian = json_array_get(jacobians, 0);
    static const int shape[] = {2, 3, 2, 2};
    for (int d = 0; d < 4; d++)
        cr_expect_eq(json_integer_value(json_array_get(json_object_get(jacobian, "shape"), d)),
                     shape[d]);
    const json_t *values = json_object_get(jacobian, "values");
    cr_assert_eq(json_array_size(values), 24);
    for (int i = 0; i < 24; i++)
        cr_expect_eq(json_number_value(json_array_get(values, i)), dy_dx[i / 4][i % 4]);
    json_decref(json);
    forget(&answer);
}

Test(jacobian, npy_has_the_same_numbers)
{
    struct answer answer = sh("$V jacobian " MINIBATCH " --wrt x --format npy");
    double values[24];
    expect_code(&answer, 0);
    cr_assert_eq(answer.out_length, 128 + sizeof values);
    cr_expect_eq(memcmp(answer.out, "\x93NUMPY\x01\x00\x76\x00", 10), 0);
    answer.out[127] = '\0';
    expect_in(answer.out + 10, "'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 2, 2)");
    memcpy(values, answer.out + 128, sizeof values);
    for (int i = 0; i < 24; i++)
        cr_expect_eq(values[i], dy_dx[i / 4][i % 4]);
    forget(&answer);
}

/* exp(-1) = 0.36787944117144232159..., and relu at 0. */
Test(jacobian, digits_that_go_on_and_sets_are_told_apart)
{
    struct answer answer = sh("$V jacobian 'exp dtype=f64 rank=1 N=1 x=[-1]'");
    expect_code(&answer, 0);
    expect_in(answer.out, "0.36787944117144232...");
    expect_not_in(answer.out, "[0.3");
    forget(&answer);
    answer = sh("$V jacobian 'exp dtype=f64 rank=1 N=1 x=[-1]' --format json");
    expect_in(answer.out, "\"values\":[[0.36787944117144228,0.36787944117144233]]");
    forget(&answer);
    answer = sh("$V jacobian 'relu dtype=f64 rank=1 N=1 x=[0]'");
    expect_in(answer.out, "[0, 1]");
    forget(&answer);
    answer = sh("$V jacobian 'relu dtype=f64 rank=1 N=1 x=[0]' --format json");
    expect_in(answer.out, "\"values\":[{\"set\":[0.0,1.0]}]");
    forget(&answer);
    expect_failure(2, "is a set of values",
                   "$V jacobian 'relu dtype=f64 rank=1 N=1 x=[0]' --wrt x "
                   "--format npy");
}

/* exp(-1e300) is beyond MPFR's exponents: positive, and its logarithm is not known. */
Test(jacobian, what_is_not_determined_is_no_nan)
{
#define TINY "'softmax | log dtype=f64 1.N=1 1.C=2 1.x=[0,-1e300] dy=[1,1]'"
    struct answer answer = sh("$V jacobian " TINY);
    expect_code(&answer, 0);
    expect_in(answer.out, " not determined ]");
    expect_not_in(answer.out, "nan");
    forget(&answer);
    answer = sh("$V jacobian " TINY " --format json");
    expect_code(&answer, 0);
    expect_in(answer.out, ",\"not determined\",\"not determined\"]");
    expect_not_in(answer.out, "nan");
    forget(&answer);
    answer = sh("$V jacobian 'square dtype=f64 rank=1 N=1 x=[nan]'");
    expect_code(&answer, 0);
    expect_in(answer.out, "[ nan ]");
    forget(&answer);
}

Test(jacobian, mistakes_are_exit_2)
{
    expect_failure(2, "--wrt b: expected one of x, w", "$V jacobian " MINIBATCH " --wrt b");
    expect_failure(2, "--of z: expected y", "$V jacobian " MINIBATCH " --of z");
    expect_failure(2, "--format xml: expected text, json or npy",
                   "$V jacobian " MINIBATCH " --format xml");
    expect_failure(2, "say which by --wrt", "$V jacobian " MINIBATCH " --format npy");
    expect_failure(2, "--precision 1: expected", "$V jacobian " MINIBATCH " --precision 1");
    expect_failure(2, "Jacobian", "$V jacobian 'linear dtype=f32 N=512 D=512 M=512'");
}

/* 64 x 64 by 64 x 64 are 2^24 entries, which is what there may be: a file that is not there is looked for only
 * then. By both operands there are twice as many. Of a pipeline the operands of every stage count. */
Test(jacobian, more_entries_than_there_may_be_are_refused_before_anything_is_read)
{
#define LARGE "'linear dtype=f32 N=64 D=64 M=64 x=@nowhere.npy'"
    expect_failure(2,
                   "the Jacobian of 90000 elements of y by 90000 of operands has 8100000000 "
                   "entries; expected at most 16777216: smaller sizes, one operand by --wrt, or "
                   "\"vjpcheck oracle\" for the gradient alone\n",
                   "$V jacobian 'softmax dtype=f32 N=300 C=300 x=@nowhere.npy'");
    expect_failure(2, "4096 elements of y by 8192 of operands has 33554432 entries",
                   "$V jacobian " LARGE);
    expect_failure(2, "nowhere.npy", "$V jacobian " LARGE " --wrt x");
    expect_failure(2, "4097 elements of y by 4097 of operands has 16785409 entries",
                   "$V jacobian 'relu dtype=f32 N=17 M=241 x=@nowhere.npy'");
    expect_failure(2, "4096 elements of y by 8064 of operands has 33030144 entries",
                   "$V jacobian 'relu | linear dtype=f32 1.N=64 1.M=63 2.M=64 1.x=@nowhere.npy'");
}

/* A scalar comes to a layer of any shape as one element: y = (sum of x^2)^2 = 25, dy/dx = 4 5 x. */
Test(jacobian, a_loss_may_stand_before_a_layer_of_any_shape)
{
    struct answer answer = sh("$V jacobian 'mse | square dtype=f64 1.reduction=sum 1.N=1 1.D=2 "
                              "2.N=1 1.x=[1,2] 1.t=[0,0]'");
    expect_code(&answer, 0);
    expect_in(answer.out, "dy/d1.x: (1) x (1x2), 2 entries");
    expect_in(answer.out, "dy/d1.x[0,0] =\n    [ 20 ]\n");
    expect_in(answer.out, "dy/d1.x[0,1] =\n    [ 40 ]\n");
    forget(&answer);
}

Test(jacobian, a_full_disk_is_exit_3)
{
    struct answer answer = sh("$V jacobian " MINIBATCH " --wrt x --format npy >/dev/full");
    expect_code(&answer, 3);
    forget(&answer);
    answer = sh("$V jacobian " MINIBATCH " >/dev/full");
    expect_code(&answer, 3);
    forget(&answer);
}
