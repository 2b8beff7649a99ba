/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* numpy.save of numpy.arange(6.).reshape(2, 3): 10 bytes before the dictionary, which is padded to
 * a multiple of 64. */
static const char numpy_header[] =
    "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"
    "                                                          \n";

Test(npy_write, the_header_is_byte_for_byte_that_of_numpy)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {2, 3}};
    struct vjp_tensor tensor = {0};
    char *bytes = NULL;
    size_t length = 0;
    cr_assert_eq(sizeof numpy_header - 1, 128);
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_F64, &shape, NULL), VJP_OK);
    for (int i = 0; i < 6; i++)
        vjp_tensor_set(&tensor, i, vjp_bits_from_double(VJP_F64, i));
    FILE *file = open_memstream(&bytes, &length);
    cr_assert_eq(vjp_npy_write(file, &tensor, NULL), VJP_OK);
    fclose(file);
    cr_assert_eq(length, 128 + 48);
    cr_expect_eq(memcmp(bytes, numpy_header, 128), 0);
    cr_expect_eq(memcmp(bytes + 128 + 8, "\0\0\0\0\0\0\xf0\x3f", 8), 0); /* 1.0, little-endian */
    free(bytes);
    vjp_tensor_clear(&tensor);
}

Test(npy_write, every_header_ends_with_a_newline_at_a_multiple_of_64)
{
    struct vjp_shape shape = {.rank = 0};
    for (; shape.rank < VJP_RANK_MAX; shape.rank++) {
        shape.dim[shape.rank] = shape.rank * 1000; /* of the next rank */
        char *bytes = NULL;
        size_t length = 0;
        FILE *file = open_memstream(&bytes, &length);
        cr_assert_eq(vjp_npy_write_header(file, VJP_F32, &shape, NULL), VJP_OK);
        fclose(file);
        cr_expect_eq(length % 64, 0);
        cr_expect_eq(bytes[length - 1], '\n');
        cr_expect_eq((unsigned char)bytes[8] + 256 * (unsigned char)bytes[9], length - 10);
        free(bytes);
    }
}

Test(npy_write, elements_may_come_in_pieces)
{
    static const float values[] = {1, 2, 3};
    char *bytes = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&bytes, &length);
    cr_assert_eq(vjp_npy_write_elements(file, VJP_F32, values, 2, NULL), VJP_OK);
    cr_assert_eq(vjp_npy_write_elements(file, VJP_F32, values + 2, 1, NULL), VJP_OK);
    cr_assert_eq(vjp_npy_write_elements(file, VJP_F32, values, 0, NULL), VJP_OK);
    fclose(file);
    cr_expect_eq(length, 12);
    cr_expect_eq(memcmp(bytes, "\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 12), 0);
    free(bytes);
}

Test(npy_write, integers_are_i4)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {2}};
    struct vjp_tensor tensor = {0};
    char *bytes = NULL;
    size_t length = 0;
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_I32, &shape, NULL), VJP_OK);
    vjp_tensor_set(&tensor, 1, vjp_bits_from_double(VJP_I32, -2));
    FILE *file = open_memstream(&bytes, &length);
    cr_assert_eq(vjp_npy_write(file, &tensor, NULL), VJP_OK);
    fclose(file);
    cr_assert_eq(length, 128 + 8);
    cr_expect_not_null(
        strstr(bytes + 10, "{'descr': '<i4', 'fortran_order': False, 'shape': (2,)"));
    cr_expect_eq(memcmp(bytes + 128, "\0\0\0\0\xfe\xff\xff\xff", 8), 0);
    free(bytes);
    vjp_tensor_clear(&tensor);
}

Test(npy_write, a_full_disk_is_an_error)
{
    const struct vjp_shape shape = {.rank = 1, .dim = {100000}};
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    FILE *file = fopen("/dev/full", "wb");
    cr_assert_not_null(file);
    cr_assert_eq(vjp_tensor_init(&tensor, VJP_F64, &shape, NULL), VJP_OK);
    cr_expect_eq(vjp_npy_write(file, &tensor, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text, "writing .npy: No space left on device");
    tensor.count = 1; /* so little that only the flush finds out */
    tensor.shape.dim[0] = 1;
    fclose(file);
    file = fopen("/dev/full", "wb");
    cr_expect_eq(vjp_npy_write(file, &tensor, &error), VJP_ERR_IO);
    fclose(file);
    vjp_tensor_clear(&tensor);
}
