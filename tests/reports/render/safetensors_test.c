/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/render/safetensors.h"

#include "tests/reports/render/fixture.h"

#include <jansson.h>

static void add(struct vjp_bundle *bundle, const char *name, enum vjp_dtype dtype,
                const struct vjp_shape *shape, double first)
{
    struct vjp_tensor tensor = {0};
    cr_assert_eq(vjp_tensor_init(&tensor, dtype, shape, NULL), VJP_OK);
    for (int64_t i = 0; i < tensor.count; i++)
        vjp_tensor_set(&tensor, i, vjp_bits_from_double(dtype, first + (double)i));
    cr_assert_eq(vjp_bundle_add(bundle, name, &tensor, NULL), VJP_OK);
}

/* Writes the bundle and cuts the file at the end of its header, which is parsed. */
static json_t *write(const struct vjp_bundle *bundle, struct capture *capture, size_t *start)
{
    struct vjp_error error = {""};
    json_error_t where;
    uint64_t length = 0;
    capture_begin(capture);
    cr_assert_eq(vjp_safetensors_write(bundle, capture->file, &error), VJP_OK, "%s", error.text);
    capture_end(capture);
    cr_assert_geq(capture->length, 8);
    for (int b = 7; b >= 0; b--)
        length = length << 8 | (unsigned char)capture->text[b];
    cr_assert_leq(length, capture->length - 8);
    cr_expect_eq(length % 8, 0);
    cr_expect_eq(capture->text[8], '{');
    json_t *header = json_loadb(capture->text + 8, length, JSON_REJECT_DUPLICATES, &where);
    cr_assert_not_null(header, "%s", where.text);
    *start = 8 + length;
    return header;
}

static void expect_entry(const json_t *header, const char *name, const char *dtype, int begin,
                         int end)
{
    const json_t *entry = json_object_get(header, name);
    const json_t *offsets = json_object_get(entry, "data_offsets");
    cr_assert_not_null(entry, "%s", name);
    cr_expect_str_eq(json_string_value(json_object_get(entry, "dtype")), dtype);
    cr_assert_eq(json_array_size(offsets), 2);
    cr_expect_eq(json_integer_value(json_array_get(offsets, 0)), begin, "%s", name);
    cr_expect_eq(json_integer_value(json_array_get(offsets, 1)), end, "%s", name);
}

Test(safetensors, every_dtype_has_its_name_and_wide_elements_come_first)
{
    const struct vjp_shape two = {.rank = 1, .dim = {2}};
    const struct vjp_shape matrix = {.rank = 2, .dim = {1, 3}};
    const struct vjp_shape scalar = {.rank = 0};
    struct vjp_bundle bundle = {0};
    struct capture capture;
    size_t start;
    add(&bundle, "h", VJP_F16, &matrix, 1);
    add(&bundle, "s", VJP_F32, &scalar, 1);
    add(&bundle, "d", VJP_F64, &two, 1);
    add(&bundle, "t", VJP_I32, &two, -1);
    add(&bundle, "b", VJP_BF16, &scalar, 1);
    json_t *header = write(&bundle, &capture, &start);
    cr_expect_eq(json_object_size(header), 6);
    cr_expect_eq(json_object_size(json_object_get(header, "__metadata__")), 0);
    expect_entry(header, "d", "F64", 0, 16);
    expect_entry(header, "s", "F32", 16, 20);
    expect_entry(header, "t", "I32", 20, 28);
    expect_entry(header, "h", "F16", 28, 34);
    expect_entry(header, "b", "BF16", 34, 36);
    const json_t *shape = json_object_get(json_object_get(header, "h"), "shape");
    cr_assert_eq(json_array_size(shape), 2);
    cr_expect_eq(json_integer_value(json_array_get(shape, 0)), 1);
    cr_expect_eq(json_integer_value(json_array_get(shape, 1)), 3);
    cr_expect_eq(json_array_size(json_object_get(json_object_get(header, "s"), "shape")), 0);
    /* 1 and 2 as f64; 1 as f32; -1 and 0; 1, 2, 3 as f16; 1 as bf16: little-endian, by hand. */
    static const unsigned char data[] = {0,    0,    0,    0,    0,    0,    0xf0, 0x3f, 0,
                                         0,    0,    0,    0,    0,    0,    0x40, 0,    0,
                                         0x80, 0x3f, 0xff, 0xff, 0xff, 0xff, 0,    0,    0,
                                         0,    0,    0x3c, 0,    0x40, 0,    0x42, 0x80, 0x3f};
    cr_assert_eq(capture.length - start, sizeof data);
    cr_expect_eq(memcmp(capture.text + start, data, sizeof data), 0);
    json_decref(header);
    free(capture.text);
    vjp_bundle_clear(&bundle);
}

Test(safetensors, notes_are_metadata_and_an_empty_tensor_has_no_bytes)
{
    const struct vjp_shape empty = {.rank = 2, .dim = {0, 7}};
    struct vjp_bundle bundle = {0};
    struct capture capture;
    size_t start;
    add(&bundle, "e", VJP_F32, &empty, 1);
    cr_assert_eq(vjp_bundle_note(&bundle, "case", "linear \"x\" | \\", NULL), VJP_OK);
    json_t *header = write(&bundle, &capture, &start);
    expect_entry(header, "e", "F32", 0, 0);
    cr_expect_eq(capture.length, start);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_object_get(header, "__metadata__"), "case")),
        "linear \"x\" | \\");
    json_decref(header);
    free(capture.text);
    vjp_bundle_clear(&bundle);
}

Test(safetensors, a_full_disk_is_an_error)
{
    const struct vjp_bundle bundle = {0};
    struct vjp_error error = {""};
    FILE *file = fopen("/dev/full", "w");
    setvbuf(file, NULL, _IONBF, 0);
    cr_expect_eq(vjp_safetensors_write(&bundle, file, &error), VJP_ERR_IO);
    expect_in(error.text, "No space left on device");
    fclose(file);
}
