/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/base/tensor.h"

#include <criterion/criterion.h>
#include <string.h>

Test(tensor, a_new_tensor_is_all_positive_zeros_of_its_shape)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {3, 5}};
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        struct vjp_tensor t = {0};
        struct vjp_error error;
        cr_assert_eq(vjp_tensor_init(&t, (enum vjp_dtype)d, &shape, &error), VJP_OK);
        cr_expect_eq((int)t.dtype, d);
        cr_expect_eq(t.count, 15);
        cr_expect(vjp_shape_is_equal(&t.shape, &shape));
        for (int64_t i = 0; i < t.count; i++)
            cr_expect_eq(vjp_tensor_get(&t, i), 0);
        vjp_tensor_clear(&t);
        cr_expect_null(t.data);
        vjp_tensor_clear(&t);
    }
}

Test(tensor, elements_are_contiguous_and_apart)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {4}};
    struct vjp_tensor t = {0};
    cr_assert_eq(vjp_tensor_init(&t, VJP_F32, &shape, NULL), VJP_OK);
    for (int64_t i = 0; i < 4; i++)
        vjp_tensor_set(&t, i, 0x3f800000u + (uint64_t)i);
    const uint32_t want[] = {0x3f800000, 0x3f800001, 0x3f800002, 0x3f800003};
    cr_expect_eq(memcmp(t.data, want, sizeof want), 0);
    cr_expect_eq(vjp_tensor_get(&t, 2), 0x3f800002);
    vjp_tensor_clear(&t);
}

Test(tensor, a_copy_has_the_same_elements_and_storage_of_its_own)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {2, 3}};
    struct vjp_tensor from = {0}, copy = {0};
    cr_assert_eq(vjp_tensor_init(&from, VJP_F16, &shape, NULL), VJP_OK);
    for (int64_t i = 0; i < 6; i++)
        vjp_tensor_set(&from, i, 0x3c00u + (uint64_t)i);
    cr_assert_eq(vjp_tensor_copy(&copy, &from, NULL), VJP_OK);
    vjp_tensor_set(&from, 5, 0);
    vjp_tensor_clear(&from);
    cr_expect(copy.dtype == VJP_F16 && copy.count == 6 && vjp_shape_is_equal(&copy.shape, &shape));
    for (int64_t i = 0; i < 6; i++)
        cr_expect_eq(vjp_tensor_get(&copy, i), 0x3c00u + (uint64_t)i);
    vjp_tensor_clear(&copy);
}

Test(tensor, an_empty_tensor_and_a_scalar_have_storage)
{
    const struct vjp_shape shapes[] = {{.rank = 3, .dim = {4, 0, INT64_MAX}}, {.rank = 0}};
    for (int64_t i = 0; i < 2; i++) {
        struct vjp_tensor t = {0};
        cr_assert_eq(vjp_tensor_init(&t, VJP_F64, &shapes[i], NULL), VJP_OK);
        cr_expect_eq(t.count, i);
        cr_expect_not_null(t.data);
        vjp_tensor_clear(&t);
    }
}

Test(tensor, what_is_negative_or_too_large_is_refused_and_the_output_left_alone)
{
    static const struct {
        struct vjp_shape shape;
        enum vjp_dtype dtype;
        enum vjp_status status;
        const char *said;
    } refused[] = {
        {{.rank = 2, .dim = {3, -1}}, VJP_F32, VJP_ERR_USAGE, "dimension 1 is -1"},
        {{.rank = 2, .dim = {INT64_MAX, 2}}, VJP_F32, VJP_ERR_LIMIT, "overflows"},
        /* One element more than VJP_STORAGE_MAX holds, for each size of element. */
        {{.rank = 1, .dim = {VJP_STORAGE_MAX / 2 + 1}}, VJP_F16, VJP_ERR_LIMIT, "f16"},
        {{.rank = 1, .dim = {VJP_STORAGE_MAX / 8 + 1}}, VJP_F64, VJP_ERR_LIMIT, "f64"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct vjp_tensor t;
        struct vjp_tensor before;
        memset(&t, 0x5a, sizeof t);
        memcpy(&before, &t, sizeof t);
        struct vjp_error error = {""};
        cr_expect_eq(vjp_tensor_init(&t, refused[i].dtype, &refused[i].shape, &error),
                     refused[i].status);
        cr_expect_not_null(strstr(error.text, refused[i].said), "%s", error.text);
        cr_expect_eq(memcmp(&t, &before, sizeof t), 0);
    }
}
