/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/gen/npy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct vjp_shape shape23 = {.rank = 2, .dim = {2, 3}};

/* A file in the making: magic, version, a header of a stated length, then elements. */
struct image {
    unsigned char bytes[1 << 17];
    size_t length;
};

static void add(struct image *image, const void *bytes, size_t length)
{
    memcpy(image->bytes + image->length, bytes, length);
    image->length += length;
}

static void add_header(struct image *image, int version, const char *text, size_t stated)
{
    const unsigned char start[12] = {0x93,
                                     'N',
                                     'U',
                                     'M',
                                     'P',
                                     'Y',
                                     (unsigned char)version,
                                     0,
                                     (unsigned char)stated,
                                     (unsigned char)(stated >> 8),
                                     (unsigned char)(stated >> 16),
                                     (unsigned char)(stated >> 24)};
    add(image, start, version == 1 ? 10 : 12);
    add(image, text, strlen(text));
}

static void save(const struct image *image, const char *path)
{
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(image->bytes, 1, image->length, file), image->length);
    cr_assert_eq(fclose(file), 0);
}

static const char header_f4[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n";
static const float six[6] = {1, 2, 3, -4, 0.5f, 1e-40f};

static struct image whole(int version)
{
    struct image image = {.length = 0};
    add_header(&image, version, header_f4, strlen(header_f4));
    add(&image, six, sizeof six);
    return image;
}

static enum vjp_status read_image(const struct image *image, enum vjp_dtype dtype,
                                  struct vjp_tensor *out, struct vjp_error *error)
{
    char path[] = "/tmp/vjp_npy_XXXXXX";
    close(mkstemp(path));
    save(image, path);
    const enum vjp_status status = vjp_npy_read(path, dtype, &shape23, out, error);
    unlink(path);
    cr_expect(status == VJP_OK || strncmp(error->text, path, strlen(path)) == 0,
              "the message begins with the path: %s", error->text);
    return status;
}

Test(npy, every_version_is_read)
{
    for (int version = 1; version <= 3; version++) {
        const struct image image = whole(version);
        struct vjp_tensor tensor = {0};
        struct vjp_error error = {""};
        cr_assert_eq(read_image(&image, VJP_F32, &tensor, &error), VJP_OK, "%s", error.text);
        cr_assert_eq(tensor.count, 6);
        cr_expect_eq(memcmp(tensor.data, six, sizeof six), 0);
        cr_expect_eq(tensor.dtype, VJP_F32);
        cr_expect(vjp_shape_is_equal(&tensor.shape, &shape23));
        vjp_tensor_clear(&tensor);
    }
}

Test(npy, bfloat16_comes_as_two_raw_bytes)
{
    static const unsigned char elements[12] = {0x80, 0x3f, 0x00, 0xc0, 1,    0,
                                               0,    0,    0,    0,    0x80, 0x7f};
    struct image image = {.length = 0};
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    const char *text = "{'descr': '|V2', 'fortran_order': False, 'shape': (2, 3), }\n";
    add_header(&image, 1, text, strlen(text));
    add(&image, elements, sizeof elements);
    cr_assert_eq(read_image(&image, VJP_BF16, &tensor, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(vjp_tensor_get(&tensor, 0), 0x3f80);
    cr_expect_eq(vjp_tensor_get(&tensor, 1), 0xc000);
    cr_expect_eq(vjp_tensor_get(&tensor, 2), 1);
    cr_expect_eq(vjp_tensor_get(&tensor, 5), 0x7f80);
    vjp_tensor_clear(&tensor);
}

static void expect_refused(const struct image *image, enum vjp_dtype dtype, const char *said)
{
    struct vjp_tensor tensor = {.count = 42};
    struct vjp_error error = {""};
    const enum vjp_status status = read_image(image, dtype, &tensor, &error);
    cr_expect(status == VJP_ERR_USAGE || status == VJP_ERR_LIMIT, "%s", said);
    cr_expect_not_null(strstr(error.text, said), "%s", error.text);
    cr_expect_eq(tensor.count, 42, "the output is untouched");
}

/* The file cut after every byte: never accepted, and the message says where it ends. */
Test(npy, a_truncated_file_is_refused_wherever_it_ends)
{
    struct image image = whole(1);
    const size_t header_end = 10 + strlen(header_f4);
    const size_t total = image.length;
    for (size_t length = 0; length < total; length++) {
        char elements[80];
        snprintf(elements, sizeof elements,
                 "the file is truncated: found %zu bytes of elements; expected 24",
                 length - header_end);
        image.length = length;
        expect_refused(&image, VJP_F32,
                       length < 6            ? "not a .npy file"
                       : length < 8          ? "the file ends within its version"
                       : length < 10         ? "the file ends within its header's length"
                       : length < header_end ? "the file ends within its header"
                                             : elements);
    }
}

Test(npy, bytes_after_the_elements_are_refused)
{
    struct image image = whole(1);
    add(&image, "", 1);
    expect_refused(&image, VJP_F32,
                   "found bytes after the elements; expected the end of the file after 24 bytes");
}

Test(npy, what_is_no_npy_file_is_refused)
{
    struct image image = {.length = 0};
    expect_refused(&image, VJP_F32, "not a .npy file; expected it to begin with \\x93NUMPY");
    add(&image, "PK\x03\x04 an .npz is an archive", 26);
    expect_refused(&image, VJP_F32, "not a .npy file; expected it to begin with \\x93NUMPY");
    image = whole(4);
    expect_refused(&image, VJP_F32, "version 4.0 of the .npy format; expected 1.0, 2.0 or 3.0");
    image = whole(1);
    image.bytes[7] = 9;
    expect_refused(&image, VJP_F32, "version 1.9 of the .npy format");
    image = whole(1);
    image.bytes[20] = 0;
    expect_refused(&image, VJP_F32, "header: found a NUL at byte 11; expected text");
}

Test(npy, a_huge_header_is_refused_before_it_is_read)
{
    struct image image = {.length = 0};
    add_header(&image, 2, header_f4, 0xfffffff0);
    expect_refused(&image, VJP_F32, "the header has 4294967280 bytes; expected at most 65535");
}

Test(npy, dtype_and_shape_must_be_those_of_the_slot)
{
    struct image image = whole(1);
    expect_refused(&image, VJP_F64, "elements are f32; expected f64");
    struct image other = {.length = 0};
    const char *text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }\n";
    add_header(&other, 1, text, strlen(text));
    add(&other, six, sizeof six);
    expect_refused(&other, VJP_F32, "the shape is (3, 2); expected (2, 3)");
}

/* A claim of 2^62 elements costs nothing: it is not the slot's shape. */
Test(npy, a_huge_shape_is_refused_before_memory_is_asked_for)
{
    struct image image = {.length = 0};
    const char *text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }\n";
    add_header(&image, 1, text, strlen(text));
    expect_refused(&image, VJP_F32, "the shape is (4611686018427387904,); expected (2, 3)");
}

Test(npy, what_is_no_regular_file_is_refused)
{
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    char path[] = "/tmp/vjp_npy_XXXXXX";
    close(mkstemp(path));
    unlink(path);
    cr_expect_eq(vjp_npy_read(path, VJP_F32, &shape23, &tensor, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "No such file or directory"), "%s", error.text);
    cr_expect_eq(vjp_npy_read("/tmp", VJP_F32, &shape23, &tensor, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(error.text, "/tmp: not a regular file; expected a .npy file");
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_expect_eq(vjp_npy_read(path, VJP_F32, &shape23, &tensor, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "not a regular file"), "a pipe is not waited for");
    unlink(path);
}

/* More elements than one read of the implementation takes. */
Test(npy, a_large_array_round_trips)
{
    const struct vjp_shape shape = {.rank = 2, .dim = {101, 103}};
    struct vjp_tensor tensor = {0};
    struct vjp_tensor back = {0};
    struct vjp_error error = {""};
    char path[] = "/tmp/vjp_npy_XXXXXX";
    close(mkstemp(path));
    for (int dtype = 0; dtype < VJP_DTYPE_COUNT; dtype++) {
        cr_assert_eq(vjp_tensor_init(&tensor, (enum vjp_dtype)dtype, &shape, NULL), VJP_OK);
        for (int64_t i = 0; i < tensor.count; i++)
            vjp_tensor_set(&tensor, i, (uint64_t)i * UINT64_C(0x123456789abcdef1));
        FILE *file = fopen(path, "wb");
        cr_assert_not_null(file);
        cr_assert_eq(vjp_npy_write(file, &tensor, &error), VJP_OK, "%s", error.text);
        fclose(file);
        cr_assert_eq(vjp_npy_read(path, tensor.dtype, &shape, &back, &error), VJP_OK, "%s",
                     error.text);
        cr_expect_eq(memcmp(tensor.data, back.data,
                            (size_t)(tensor.count * vjp_format(tensor.dtype)->bytes)),
                     0);
        vjp_tensor_clear(&tensor);
        vjp_tensor_clear(&back);
    }
    unlink(path);
}

/* Elements of one type in the file: values[i], two's complement, little-endian. */
static enum vjp_status read_integers(const char *descr, int bytes, const int64_t *values,
                                     struct vjp_tensor *out, struct vjp_error *error)
{
    struct image image = {.length = 0};
    char header[128];
    snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2, 3), }\n",
             descr);
    add_header(&image, 1, header, strlen(header));
    for (int i = 0; i < 6; i++)
        add(&image, &values[i], (size_t)bytes); /* this machine is little-endian, as all are */
    return read_image(&image, VJP_I32, out, error);
}

Test(npy, integers_of_every_size_and_booleans_are_i32)
{
    static const struct {
        const char *descr;
        int bytes;
        int64_t values[6];
    } rows[] = {
        {"<i4", 4, {0, 1, -1, 7, INT32_MAX, INT32_MIN}},
        {"<i8", 8, {0, 1, -100, 7, INT32_MAX, INT32_MIN}},
        {"<i2", 2, {0, 1, -1, 7, 32767, -32768}},
        {"|i1", 1, {0, 1, -1, 7, 127, -128}},
        {"|u1", 1, {0, 1, 2, 7, 127, 255}},
        {"<u2", 2, {0, 1, 2, 7, 32768, 65535}},
        {"<u4", 4, {0, 1, 2, 7, 65536, INT32_MAX}},
        {"<u8", 8, {0, 1, 2, 7, 65536, INT32_MAX}},
        {"|b1", 1, {0, 1, 1, 0, 0, 1}},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        struct vjp_tensor tensor = {0};
        struct vjp_error error = {""};
        cr_assert_eq(read_integers(rows[r].descr, rows[r].bytes, rows[r].values, &tensor, &error),
                     VJP_OK, "%s", error.text);
        cr_expect_eq(tensor.dtype, VJP_I32);
        for (int i = 0; i < 6; i++)
            cr_expect_eq(vjp_bits_to_double(VJP_I32, vjp_tensor_get(&tensor, i)),
                         (double)rows[r].values[i], "%s [%d]", rows[r].descr, i);
        vjp_tensor_clear(&tensor);
    }
}

Test(npy, integers_that_i32_does_not_hold_are_named)
{
    static const struct {
        const char *descr;
        int bytes;
        int64_t value;
        const char *shown;
    } rows[] = {{"<i8", 8, INT64_C(1) << 31, "2147483648"},
                {"<i8", 8, -(INT64_C(1) << 31) - 1, "-2147483649"},
                {"<i8", 8, INT64_MIN, "-9223372036854775808"},
                {"<u4", 4, INT64_C(1) << 31, "2147483648"},
                {"<u4", 4, 0xffffffff, "4294967295"},
                {"<u8", 8, -1, "18446744073709551615"}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const int64_t values[6] = {0, 0, 0, 0, rows[r].value, 0};
        struct vjp_tensor tensor = {.count = 42};
        struct vjp_error error = {""};
        cr_expect_eq(read_integers(rows[r].descr, rows[r].bytes, values, &tensor, &error),
                     VJP_ERR_USAGE);
        char expected[128];
        snprintf(expected, sizeof expected,
                 ": element [1,1]=%s: expected -2147483648 to 2147483647, what i32 holds",
                 rows[r].shown);
        cr_expect_not_null(strstr(error.text, expected), "%s", error.text);
        cr_expect_eq(tensor.count, 42);
    }
}

Test(npy, integers_are_no_floats_and_floats_no_integers)
{
    static const int64_t values[6] = {0};
    struct vjp_tensor tensor = {0};
    struct vjp_error error = {""};
    cr_expect_eq(read_integers("<f4", 4, values, &tensor, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "elements are f32; expected integers"), "%s", error.text);
    struct image image = {.length = 0};
    static const char header[] = "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }\n";
    add_header(&image, 1, header, strlen(header));
    cr_expect_eq(read_image(&image, VJP_F32, &tensor, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "elements are integers; expected f32"), "%s", error.text);
}

Test(npy, a_header_is_read_before_it_is_known_what_to_expect)
{
    const struct image image = whole(1);
    struct vjp_npy_header header;
    struct vjp_error error = {""};
    char path[] = "/tmp/vjp_npy_XXXXXX";
    close(mkstemp(path));
    save(&image, path);
    cr_assert_eq(vjp_npy_read_header(path, &header, &error), VJP_OK, "%s", error.text);
    cr_expect_eq(header.dtype, VJP_F32);
    cr_expect(vjp_shape_is_equal(&header.shape, &shape23));
    cr_assert_eq(truncate(path, 20), 0);
    header.bytes = 42;
    cr_expect_eq(vjp_npy_read_header(path, &header, &error), VJP_ERR_USAGE);
    cr_expect_eq(strncmp(error.text, path, strlen(path)), 0, "%s", error.text);
    cr_expect_eq(header.bytes, 42);
    unlink(path);
    cr_expect_eq(vjp_npy_read_header(path, &header, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, ": No such file"), "%s", error.text);
}
