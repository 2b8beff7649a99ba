/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases/spec/case.h"

#include "tests/cases/spec/sample.h"

#include <math.h>
#include <string.h>

enum { X, W, B, DY, DX, DW, DB };

static struct vjp_case new_case(enum vjp_dtype dtype)
{
    struct vjp_case c = {0};
    cr_assert_eq(vjp_case_init(&c, vjp_spec_find("linear"), dtype, NULL), VJP_OK);
    c.dim[0] = 2;
    c.dim[1] = 3;
    c.dim[2] = 4;
    c.attr[0] = 1;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    return c;
}

static void expect_refused(const struct vjp_case *c, enum vjp_status status, const char *field,
                           const char *text)
{
    char found[VJP_FIELD_NAME_MAX] = "";
    struct vjp_error error = {""};
    cr_expect_eq(vjp_case_validate(c, &error), status, "%s", text);
    cr_expect_str_eq(error.text, text);
    cr_expect_eq(vjp_case_validate_field(c, found, NULL), status);
    cr_expect_str_eq(found, field);
}

Test(validate, sizes_attributes_and_threads_have_limits)
{
    struct vjp_case c = new_case(VJP_F32);
    c.dim[0] = -3;
    expect_refused(&c, VJP_ERR_USAGE, "N", "N=-3: expected 0 to 4294967296");
    c.dim[0] = 0;
    c.dim[2] = (INT64_C(1) << 32) + 1;
    expect_refused(&c, VJP_ERR_LIMIT, "M", "M=4294967297: expected 0 to 4294967296");
    c.dim[2] = 4;
    c.attr[0] = 2;
    expect_refused(&c, VJP_ERR_LIMIT, "bias", "bias=2: expected 0 to 1");
    c.attr[0] = 1;
    c.threads = 0;
    expect_refused(&c, VJP_ERR_USAGE, "threads", "threads=0: expected 1 to 64");
    c.threads = 65;
    expect_refused(&c, VJP_ERR_LIMIT, "threads", "threads=65: expected 1 to 64");
    c.threads = 64;
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    vjp_case_clear(&c);
}

Test(validate, the_largest_dimension_is_allowed_where_it_fits)
{
    struct vjp_case c = new_case(VJP_F32);
    c.dim[0] = VJP_DIM_MAX; /* x: 3 * 2^32 elements, 48 GiB */
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.dim[1] = VJP_DIM_MAX;
    expect_refused(&c, VJP_ERR_LIMIT, "x",
                   "x: 4294967296x4294967296 elements of f32, 0 more after each row, exceed the "
                   "limit of 274877906944 bytes");
    vjp_case_clear(&c);
}

Test(validate, layouts_have_limits)
{
    struct vjp_case c = new_case(VJP_F32);
    c.slot[W].layout.ld_pad = -1;
    expect_refused(&c, VJP_ERR_USAGE, "w.ld", "w.ld=-1: expected 0 to 2147483648");
    c.slot[W].layout.ld_pad = (INT64_C(1) << 31) + 1;
    expect_refused(&c, VJP_ERR_LIMIT, "w.ld", "w.ld=2147483649: expected 0 to 2147483648");
    c.slot[W].layout.ld_pad = INT64_C(1) << 31;
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.slot[W].layout.ld_pad = 0;
    c.slot[DB].layout.ld_pad = 3;
    expect_refused(&c, VJP_ERR_USAGE, "db.ld", "db.ld=+3: expected rank 2 or more, db has 1");
    c.slot[DB].layout.ld_pad = 0;
    c.slot[B].layout.trans = true;
    expect_refused(&c, VJP_ERR_USAGE, "b.trans", "b.trans=1: expected rank 2, b has 1");
    vjp_case_clear(&c);
}

Test(validate, offsets_are_multiples_of_the_element_within_64_bytes)
{
    static const struct {
        enum vjp_dtype dtype;
        int64_t align;
        const char *text;
    } rows[] = {
        {VJP_F32, 0, NULL},
        {VJP_F32, 60, NULL},
        {VJP_F64, 56, NULL},
        {VJP_F16, 62, NULL},
        {VJP_F32, 62, "x.align=62: expected 0 to 63, a multiple of the 4 bytes of f32"},
        {VJP_F64, 4, "x.align=4: expected 0 to 63, a multiple of the 8 bytes of f64"},
        {VJP_F32, 64, "x.align=64: expected 0 to 63, a multiple of the 4 bytes of f32"},
        {VJP_F32, -4, "x.align=-4: expected 0 to 63, a multiple of the 4 bytes of f32"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vjp_case c = new_case(rows[i].dtype);
        c.slot[X].layout.align = rows[i].align;
        if (rows[i].text)
            expect_refused(&c, VJP_ERR_USAGE, "x.align", rows[i].text);
        else
            cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
        vjp_case_clear(&c);
    }
}

Test(validate, what_takes_no_part_has_no_layout_and_no_values)
{
    struct vjp_case c = new_case(VJP_F32);
    c.attr[0] = 0;
    expect_refused(&c, VJP_ERR_USAGE, "b", "b: takes no values in this case");
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.slot[DB].layout.align = 0;
    expect_refused(&c, VJP_ERR_USAGE, "db.align", "db.align: db takes no part in this case");
    c.slot[DB].layout.align = -1;
    c.slot[B].layout.trans = true;
    expect_refused(&c, VJP_ERR_USAGE, "b.trans", "b.trans: b takes no part in this case");
    c.slot[B].layout.trans = false;
    c.accumulate = true;
    expect_refused(&c, VJP_ERR_USAGE, "dx", "dx: has no values");
    vjp_case_clear(&c);
}

Test(validate, some_gradient_is_asked_for)
{
    struct vjp_case c = new_case(VJP_F32);
    c.left_out = 1 << X | 1 << W;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.attr[0] = 0;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    expect_refused(&c, VJP_ERR_USAGE, "grads", "grads: expected at least one gradient");
    vjp_case_clear(&c);
}

Test(validate, values_fit_the_shape_and_the_dtype)
{
    static const struct {
        enum vjp_dtype dtype;
        const char *values;
        const char *text; /* NULL: accepted */
    } rows[] = {
        {VJP_F32, "[1,2,3,4,5,6]", NULL},
        {VJP_F32, "[1,2,3]", "x has 6 elements, the list has 3"},
        {VJP_F32, "[]", "x has 6 elements, the list has 0"},
        {VJP_F32, "[1,2,3,4,5,6,7]", "x has 6 elements, the list has 7"},
        {VJP_F32, "onehot:5", NULL},
        {VJP_F32, "onehot:6", "x=onehot:6: expected an index below 6, the elements of x"},
        {VJP_F16, "pow2:14", NULL},
        {VJP_F16, "pow2:15", "x=pow2:15: expected at most 14 for f16"},
        {VJP_F32, "wide:126", NULL},
        {VJP_BF16, "wide:127", "x=wide:127: expected at most 126 for bf16"},
        {VJP_F64, "wide:1022", NULL},
        {VJP_BF16, "integers:256", NULL},
        {VJP_BF16, "integers:257", "x=integers:257: expected at most 256 for bf16"},
        {VJP_F16, "uniform:32768", NULL},
        {VJP_F16, "uniform:32769", "x=uniform:32769: expected at most 32768 for f16"},
        {VJP_F16, "normal:2048", NULL},
        {VJP_F16, "normal:2049", "x=normal:2049: expected at most 2048 for f16"},
        {VJP_F16, "shifted:32768", NULL},
        {VJP_F16, "shifted:32769", "x=shifted:32769: expected at most 32768 for f16"},
        {VJP_F16, "const:0.1", NULL},
        {VJP_F16, "const:inf", NULL},
        {VJP_F16, "const:1e5", "x=const:1e5: '1e5' overflows f16; expected inf if that is meant"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vjp_case c = new_case(rows[i].dtype);
        struct vjp_error error = {""};
        cr_assert_eq(vjp_case_set_values(&c, X, rows[i].values, NULL), VJP_OK);
        const enum vjp_status status = vjp_case_validate(&c, &error);
        cr_expect_eq(status == VJP_OK, rows[i].text == NULL, "%s", rows[i].values);
        if (rows[i].text)
            cr_expect_str_eq(error.text, rows[i].text);
        vjp_case_clear(&c);
    }
}

Test(validate, a_list_is_read_again_in_the_dtype_of_the_case)
{
    struct vjp_case c = new_case(VJP_F32);
    cr_assert_eq(vjp_case_set_values(&c, B, "[1,2,3,257]", NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.dtype = VJP_BF16;
    expect_refused(&c, VJP_ERR_USAGE, "b",
                   "b: element [3] of the list: '257' is not exact in bf16; expected fewer digits, "
                   "or a decimal float, which is rounded");
    vjp_case_clear(&c);
}

Test(validate, only_what_is_multiplied_can_cancel)
{
    struct vjp_case c = new_case(VJP_F32);
    c.accumulate = true;
    cr_assert_eq(vjp_case_settle(&c, NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, X, "cancel", NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, W, "cancel", NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, DY, "cancel", NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    cr_expect_eq(vjp_case_set_values(&c, DB, "cancel", NULL), VJP_OK);
    expect_refused(&c, VJP_ERR_USAGE, "db",
                   "db=cancel: expected another generator: no gradient sums products with db");
    vjp_case_clear(&c);
}

Test(validate, attributes_of_every_kind_have_limits)
{
    struct vjp_case c = sample_case(2, 3, "index");
    c.attr[SAMPLE_MODE] = 2;
    expect_refused(&c, VJP_ERR_LIMIT, "mode", "mode=2: expected 0 to 1");
    c.attr[SAMPLE_MODE] = 0;
    c.real[SAMPLE_EPS] = -0x1p-10;
    expect_refused(&c, VJP_ERR_USAGE, "eps", "eps=-0.0009765625: expected 0 to 1");
    c.real[SAMPLE_EPS] = 1.5;
    expect_refused(&c, VJP_ERR_LIMIT, "eps", "eps=1.5: expected 0 to 1");
    c.real[SAMPLE_EPS] = NAN;
    expect_refused(&c, VJP_ERR_USAGE, "eps", "eps=nan: expected 0 to 1");
    c.real[SAMPLE_EPS] = 1;
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.dim[SAMPLE_K] = 2;
    expect_refused(&c, VJP_ERR_USAGE, "K", "K=2: K takes no part in this case");
    vjp_case_clear(&c);
}

Test(validate, the_specs_own_check_names_its_field)
{
    struct vjp_case c = sample_case(2, 13, "index");
    expect_refused(&c, VJP_ERR_USAGE, "C", "C=13: expected luck");
    c.dim[SAMPLE_N] = -1;
    expect_refused(&c, VJP_ERR_USAGE, "N", "N=-1: expected 0 to 4294967296");
    vjp_case_clear(&c);
}

Test(validate, values_are_of_the_operands_domain)
{
    static const struct {
        int slot;
        const char *values;
        const char *text; /* NULL: accepted */
    } rows[] = {
        {SAMPLE_T, "repeats", NULL},
        {SAMPLE_T, "ignored:0.5", NULL},
        {SAMPLE_T, "const:2", NULL},
        {SAMPLE_T, "const:-100", NULL},
        {SAMPLE_T, "const:3",
         "t=const:3: expected an index from 0 to 2, or -100, which is ignored"},
        {SAMPLE_T, "const:1.5", "t=const:1.5: '1.5' is no integer of i32"},
        {SAMPLE_T, "normal",
         "t=normal: expected const, index, repeats, ignored, a list [...] or @file.npy: not every "
         "value of normal makes sense for t"},
        {SAMPLE_T, "[0,2]", NULL},
        {SAMPLE_T, "[0,-100]", NULL},
        {SAMPLE_T, "[0,3]", "t[1]=3: expected an index from 0 to 2, or -100, which is ignored"},
        {SAMPLE_T, "[0]", "t has 2 elements, the list has 1"},
        {SAMPLE_M, "mask:1", NULL},
        {SAMPLE_M, "const:2", "m=const:2: expected 0 or 1"},
        {SAMPLE_M, "[1,0]", NULL},
        {SAMPLE_M, "[1,7]", "m[1]=7: expected 0 or 1"},
        {SAMPLE_M, "[1,0,1]", "m has 2 elements, the list has 3"},
        {SAMPLE_P, "simplex", NULL},
        {SAMPLE_P, "positive:0x1p-126", NULL},
        {SAMPLE_P, "positive:0x1p-127",
         "p=positive:0x1p-127: expected at least 1.1754943508222875e-38 for f32"},
        {SAMPLE_P, "positive:1e39",
         "p=positive:1e39: expected at most 1.7014118346046923e+38 for f32"},
        {SAMPLE_P, "const", NULL},
        {SAMPLE_P, "const:0", "p=const:0: expected a finite number greater than 0"},
        {SAMPLE_P, "const:1e-60", "p=const:1e-60: expected a finite number greater than 0"},
        {SAMPLE_P, "[1,2,3,4,5,-6]", "p[1,2]=-6: expected a finite number greater than 0"},
        {SAMPLE_X, "large:1e37", NULL},
        {SAMPLE_X, "ties:16777217", "x=ties:16777217: expected at most 16777216 for f32"},
        {SAMPLE_X, "cancel",
         "x=cancel: expected another generator: no gradient sums products with x"},
        {SAMPLE_X, "index",
         "x=index: expected uniform, normal, exact, integers, pow2, onehot, wide, subnormal, "
         "zeros, special, const, large, shifted, ties, positive, simplex, labels, a list [...] or "
         "@file.npy: not every value of index makes sense for x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vjp_case c = sample_case(2, 3, "index");
        struct vjp_error error = {""};
        cr_assert_eq(vjp_case_set_values(&c, rows[i].slot, rows[i].values, &error), VJP_OK, "%s",
                     error.text);
        const enum vjp_status status = vjp_case_validate(&c, &error);
        cr_expect_eq(status == VJP_OK, rows[i].text == NULL, "%s: %s", rows[i].values, error.text);
        if (rows[i].text)
            cr_expect_str_eq(error.text, rows[i].text);
        vjp_case_clear(&c);
    }
}

Test(validate, there_must_be_an_index_to_choose)
{
    struct vjp_case c = sample_case(2, 0, "index");
    expect_refused(&c, VJP_ERR_USAGE, "t",
                   "t: has 2 elements and no index to choose from; expected one or more");
    cr_assert_eq(vjp_case_set_values(&c, SAMPLE_T, "const:-100", NULL), VJP_OK);
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    cr_assert_eq(vjp_case_set_values(&c, SAMPLE_T, "index", NULL), VJP_OK);
    c.dim[SAMPLE_N] = 0;
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.dim[SAMPLE_N] = 1;
    c.dim[SAMPLE_C] = (INT64_C(1) << 31) + 1;
    expect_refused(&c, VJP_ERR_LIMIT, "t",
                   "t: indices below 2147483649; expected at most 2147483648, what i32 holds");
    vjp_case_clear(&c);
}

/* The bytes of the slot's own elements, not of the case's dtype. */
Test(validate, the_layout_of_integers_is_in_units_of_4_bytes)
{
    struct vjp_case c = sample_case(2, 3, "index");
    c.dtype = VJP_F64;
    c.slot[SAMPLE_T].layout.align = 4;
    cr_expect_eq(vjp_case_validate(&c, NULL), VJP_OK);
    c.slot[SAMPLE_T].layout.align = 6;
    expect_refused(&c, VJP_ERR_USAGE, "t.align",
                   "t.align=6: expected 0 to 63, a multiple of the 4 bytes of i32");
    c.slot[SAMPLE_T].layout.align = -1;
    c.slot[SAMPLE_L].layout.trans = true;
    expect_refused(&c, VJP_ERR_USAGE, "l.trans", "l.trans: l takes no part in this case");
    vjp_case_clear(&c);
}
