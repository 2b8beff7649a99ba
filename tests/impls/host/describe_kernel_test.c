/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/describe_kernel.h"

#include "cases/spec/spec.h"
#include "tests/impls/host/describe.h"

/* A name has no blanks, a pipeline may: it is kept as its spec spells it. */
Test(describe_kernel, a_layer_may_be_a_pipeline)
{
    struct vjp_wire_descriptor wire = make_wire();
    strcpy(wire.kernel[0].layer, "linear|  relu ");
    cr_expect_str_eq(describe(&wire).kernel[0].layer, "linear | relu");
    strcpy(wire.kernel[0].layer, "nobody |knows");
    cr_expect_str_eq(describe(&wire).kernel[0].layer, "nobody |knows");
    strcpy(wire.kernel[0].layer, "linear ");
    expect_refused(
        &wire, VJP_ERR_USAGE,
        "kernel 0: layer \"linear\" is no name: expected letters, digits, '_', '-', '.', "
        "or such names with '|' between them, 1 to 255 in all");
    strcpy(wire.kernel[0].layer, "linear | re,lu");
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: layer \"linear | re,lu\" is no name: expected letters, digits, '_', "
                   "'-', '.', or such names with '|' between them, 1 to 255 in all");
}

/* softmax: y = softmax(x). layernorm: x, w, b; it saves mean and rstd, in this order. */
Test(describe_kernel, wants_are_inputs_and_saved_values)
{
    struct vjp_wire_descriptor wire = make_wire();
    want(&wire, "linear", "w", "x");
    struct vjp_plugin_info info = describe(&wire);
    cr_expect_eq(info.kernel[0].n_wants, 2);
    cr_expect_str_eq(info.kernel[0].wants[0], "w");
    cr_expect_str_eq(info.kernel[0].wants[1], "x");
    cr_expect_eq(info.kernel[0].model[VJP_F32].wants_saved, 0);
    want(&wire, "softmax", "x", "y");
    info = describe(&wire);
    cr_expect_eq(info.kernel[0].model[VJP_F32].wants_saved, 1);
    cr_expect_eq(info.kernel[0].model[VJP_F64].wants_saved, 0, "there is no such model");
    want(&wire, "layernorm", "rstd", "x");
    const int rstd = vjp_saved_find(vjp_spec_find("layernorm"), "rstd");
    cr_assert_geq(rstd, 0);
    cr_expect_eq(describe(&wire).kernel[0].model[VJP_F32].wants_saved, 1u << rstd);
    want(&wire, "nobody_knows", "foo", "1.bar");
    info = describe(&wire);
    cr_expect_eq(info.kernel[0].n_wants, 2);
    cr_expect_eq(info.kernel[0].model[VJP_F32].wants_saved, 0);
}

Test(describe_kernel, wants_that_make_no_sense_are_named)
{
    struct vjp_wire_descriptor wire = make_wire();
    want(&wire, "linear", "x", "mean");
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: it wants \"mean\", but linear has x, w, b and saves nothing");
    want(&wire, "softmax", "x", "dx");
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: it wants \"dx\", but softmax has x and saves y");
    want(&wire, "linear", "x", "dy");
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: it wants \"dy\", which every call has");
    want(&wire, "linear", "x", "x");
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: it wants \"x\" twice");
    want(&wire, "linear", "x", "w w");
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: want \"w w\" is no name: expected 1 to 31 letters, digits, '_', '-', "
                   "'.'");
    want(&wire, "linear", "x", "");
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: want \"\" is no name: expected 1 to 31 letters, digits, '_', '-', "
                   "'.'");
}

Test(describe_kernel, ulps_have_a_fallback_and_limits)
{
    struct vjp_wire_descriptor wire = make_wire();
    cr_expect_eq(describe(&wire).kernel[0].model[VJP_F32].ulps, 4);
    wire.kernel[0].ulps = 1;
    cr_expect_eq(describe(&wire).kernel[0].model[VJP_F32].ulps, 1);
    wire.kernel[0].ulps = 1000;
    cr_expect_eq(describe(&wire).kernel[0].model[VJP_F32].ulps, 1000);
    wire.kernel[0].ulps = 1001;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: ulps 1001: expected 1 to 1000, or 0 for 4");
    wire.kernel[0].ulps = -1;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: ulps -1: expected 1 to 1000, or 0 for 4");
}

Test(describe_kernel, conventions_at_kinks_are_one_of_a_kind)
{
    static const struct {
        uint32_t bits;
        enum vjp_point_kink point;
        enum vjp_tie_kink tie;
    } known[] = {
        {0, VJP_POINT_ANY, VJP_TIE_ANY},
        {VJP_ABI_KINK_LOWER, VJP_POINT_LOWER, VJP_TIE_ANY},
        {VJP_ABI_KINK_UPPER, VJP_POINT_UPPER, VJP_TIE_ANY},
        {VJP_ABI_KINK_MIDDLE, VJP_POINT_MIDDLE, VJP_TIE_ANY},
        {VJP_ABI_TIE_FIRST, VJP_POINT_ANY, VJP_TIE_FIRST},
        {VJP_ABI_TIE_LAST, VJP_POINT_ANY, VJP_TIE_LAST},
        {VJP_ABI_TIE_SPLIT, VJP_POINT_ANY, VJP_TIE_SPLIT},
        {VJP_ABI_KINK_LOWER | VJP_ABI_TIE_SPLIT, VJP_POINT_LOWER, VJP_TIE_SPLIT},
    };
    struct vjp_wire_descriptor wire = make_wire();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        wire.kernel[0].kinks = known[i].bits;
        const struct vjp_plugin_info info = describe(&wire);
        cr_expect_eq(info.kernel[0].kinks.point, known[i].point, "%x", known[i].bits);
        cr_expect_eq(info.kernel[0].kinks.tie, known[i].tie, "%x", known[i].bits);
    }
    wire.kernel[0].kinks = VJP_ABI_KINK_LOWER | VJP_ABI_KINK_UPPER;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: kinks 0x3 contradicts itself: expected one VJP_ABI_KINK_ and one "
                   "VJP_ABI_TIE_ at most");
    wire.kernel[0].kinks = VJP_ABI_KINK_LOWER | VJP_ABI_TIE_FIRST | VJP_ABI_TIE_SPLIT;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: kinks 0x51 contradicts itself: expected one VJP_ABI_KINK_ and one "
                   "VJP_ABI_TIE_ at most");
    wire.minor = VJP_ABI_MINOR;
    wire.kernel[0].kinks = 8;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: kinks 0x8 has bits without a meaning: known are 0x77");
    wire.kernel[0].kinks = 0;
    wire.kernel[0].reserved = 1;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: reserved 0x1 has bits without a meaning: known are 0x0");
}

/* bf16 has the exponents that f16 lacks, f16 the digits that bf16 lacks. */
Test(describe_kernel, sums_must_be_as_wide_as_the_operands)
{
    struct vjp_wire_descriptor wire = make_wire();
    struct vjp_wire_model *model = &wire.kernel[0].model[0];
    model->dtype = (struct vjp_wire_dtype){kDLFloat, 64, 1};
    model->accumulate = (struct vjp_wire_dtype){kDLFloat, 32, 1};
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: it accumulates f64 in f32, which is narrower");
    model->dtype = (struct vjp_wire_dtype){kDLFloat, 16, 1};
    model->accumulate = (struct vjp_wire_dtype){kDLBfloat, 16, 1};
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: it accumulates f16 in bf16, which is narrower");
    model->dtype = (struct vjp_wire_dtype){kDLBfloat, 16, 1};
    model->accumulate = (struct vjp_wire_dtype){kDLFloat, 16, 1};
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: it accumulates bf16 in f16, which is narrower");
    model->accumulate = (struct vjp_wire_dtype){kDLFloat, 32, 4};
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: DLDataType {2,32,4} is none of f16, bf16, f32, f64 with one lane");
}

/* A later minor version may have given a bit a meaning; this one has not. */
Test(describe_kernel, bits_of_a_later_version_are_let_pass)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.minor = VJP_ABI_MINOR;
    wire.kernel[0].capabilities = 0x81;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: capabilities 0x81 has bits without a meaning: known are 0xf");
    wire.minor = VJP_ABI_MINOR + 1;
    cr_expect(describe(&wire).kernel[0].deterministic);
}

/* A name of max - 1 letters fits, one letter more does not, and is cut in the message. */
Test(describe_kernel, names_have_a_length)
{
    struct vjp_error error = {0};
    char name[4] = "???";
    cr_expect_eq(vjp_describe_name("want", "a-b", name, 4, &error), VJP_OK);
    cr_expect_str_eq(name, "a-b");
    cr_expect_eq(vjp_describe_name("want", "a-bc", name, 4, &error), VJP_ERR_USAGE);
    cr_expect_str_eq(name, "a-b");
    cr_expect_not_null(strstr(error.text, "want \"a-bc\" is no name: expected 1 to 3 letters"),
                       "%s", error.text);
}

Test(describe_kernel, tiles_are_sizes)
{
    struct vjp_wire_descriptor wire = make_wire();
    cr_expect_eq(describe(&wire).kernel[0].n_tiles, 0);
    wire.kernel[0].n_tiles = 2;
    wire.kernel[0].tiles[0] = 2;
    wire.kernel[0].tiles[1] = 65536;
    const struct vjp_plugin_info info = describe(&wire);
    cr_expect_eq(info.kernel[0].n_tiles, 2);
    cr_expect(info.kernel[0].tiles[0] == 2 && info.kernel[0].tiles[1] == 65536);
    wire.kernel[0].tiles[0] = 1;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: tiles[0] 1: expected 2 to 65536");
    wire.kernel[0].tiles[0] = 65537;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: tiles[0] 65537: expected 2 to 65536");
    wire.kernel[0].n_tiles = 17;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: n_tiles 17");
}

Test(describe_kernel, what_came_with_1_4)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.minor = 3;
    cr_expect_not(describe(&wire).kernel[0].zero_strides);
    wire.minor = 4;
    cr_expect(describe(&wire).kernel[0].zero_strides);
    cr_expect_not(describe(&wire).kernel[0].in_place);
    wire.kernel[0].capabilities = VJP_ABI_IN_PLACE;
    cr_expect(describe(&wire).kernel[0].in_place);
    cr_expect_not(describe(&wire).kernel[0].deterministic);
    wire.kernel[0].reserved_1_4 = 1;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: reserved_1_4 0x1 has bits without a meaning: known are 0x0");
}
