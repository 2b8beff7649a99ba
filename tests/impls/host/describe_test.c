/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors as a worker hands them over, made by hand: those that a damaged worker could send, too.
 * What a plug-in does to get one of them is in worker_handle_test.c. */
#include "impls/host/describe.h"

#include "impls/abi/vjp_plugin.h"

#include "cases/spec/spec.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH "/some/p.so"

/* A plug-in "p" with one kernel "k" that takes f32 and sums in f64. */
static struct vjp_wire_descriptor make_wire(void)
{
    struct vjp_wire_descriptor wire = {.name = "p", .version = "1.2", .n_kernels = 1};
    wire.kernel[0] = (struct vjp_wire_kernel){
        .name = "k",
        .layer = "linear",
        .summary = "does it",
        .capabilities = VJP_ABI_DETERMINISTIC,
        .alignment = 32,
        .n_models = 1,
        .model = {{.dtype = {kDLFloat, 32, 1}, .accumulate = {kDLFloat, 64, 1}}}};
    return wire;
}

static void expect_refused(const struct vjp_wire_descriptor *wire, enum vjp_status expected,
                           const char *message)
{
    struct vjp_plugin_info info = {.n_kernels = 77};
    struct vjp_error error = {0};
    cr_expect_eq(vjp_describe(PATH, wire, &info, &error), expected, "%s", message);
    cr_expect_eq(strncmp(error.text, PATH ": ", strlen(PATH ": ")), 0, "%s", error.text);
    cr_expect_str_eq(error.text + strlen(PATH ": "), message);
    cr_expect_eq(info.n_kernels, 77, "nothing is written on failure");
}

static struct vjp_plugin_info describe(const struct vjp_wire_descriptor *wire)
{
    struct vjp_plugin_info info = {0};
    struct vjp_error error = {0};
    cr_assert_eq(vjp_describe(PATH, wire, &info, &error), VJP_OK, "%s", error.text);
    return info;
}

Test(describe, what_is_said_is_copied)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.n_kernels = 2;
    wire.kernel[1] = (struct vjp_wire_kernel){
        .name = "h",
        .layer = "other",
        .n_models = 2,
        .model = {{.dtype = {kDLBfloat, 16, 1}, .accumulate = {kDLFloat, 32, 1}},
                  {.dtype = {kDLFloat, 16, 1},
                   .accumulate = {kDLFloat, 16, 1},
                   .flags = VJP_ABI_FLUSHES}}};
    const struct vjp_plugin_info info = describe(&wire);
    cr_expect_str_eq(info.name, "p");
    cr_expect_str_eq(info.version, "1.2");
    cr_expect_str_eq(info.load_damage, "");
    cr_assert_eq(info.n_kernels, 2);
    const struct vjp_kernel_info *k = &info.kernel[0];
    cr_expect_str_eq(k->name, "k");
    cr_expect_str_eq(k->layer, "linear");
    cr_expect_str_eq(k->summary, "does it");
    cr_expect(k->deterministic);
    cr_expect_eq(k->alignment, 32);
    cr_expect(k->has_model[VJP_F32] && !k->has_model[VJP_F64] && !k->has_model[VJP_F16]);
    cr_expect_eq(k->model[VJP_F32].accumulate, VJP_F64);
    cr_expect_not(k->model[VJP_F32].flushes);
    k = &info.kernel[1];
    cr_expect_not(k->deterministic);
    cr_expect_eq(k->alignment, 1);
    cr_expect(k->has_model[VJP_BF16] && k->has_model[VJP_F16] && !k->has_model[VJP_F32]);
    cr_expect_eq(k->model[VJP_BF16].accumulate, VJP_F32);
    cr_expect(k->model[VJP_F16].flushes);
}

Test(describe, foreign_words_are_made_harmless)
{
    struct vjp_wire_descriptor wire = make_wire();
    strcpy(wire.version, "1\033[31m");
    strcpy(wire.kernel[0].summary, "a\007b");
    const struct vjp_plugin_info info = describe(&wire);
    cr_expect_str_eq(info.version, "1?[31m");
    cr_expect_str_eq(info.kernel[0].summary, "a?b");
}

/* Texts without an end, and counts that lead out of the arrays. */
Test(describe, what_no_worker_may_send_is_refused)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.n_kernels = 0;
    expect_refused(&wire, VJP_ERR_USAGE, "n_kernels is 0");
    wire.n_kernels = 129;
    expect_refused(&wire, VJP_ERR_USAGE, "n_kernels is 129");
    wire = make_wire();
    wire.kernel[0].n_models = 0;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: n_models 0");
    wire.kernel[0].n_models = 9;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: n_models 9");
    wire = make_wire();
    wire.kernel[0].n_wants = -1;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: n_wants -1");
    wire.kernel[0].n_wants = 17;
    expect_refused(&wire, VJP_ERR_USAGE, "kernel 0: n_wants 17");
    wire = make_wire();
    wire.problem = 99;
    expect_refused(&wire, VJP_ERR_USAGE, "the worker's answer makes no sense");
    wire = make_wire();
    memset(wire.name, 'n', sizeof wire.name);
    struct vjp_plugin_info info;
    struct vjp_error error = {0};
    cr_expect_eq(vjp_describe(PATH, &wire, &info, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "is no name: expected 1 to 63 letters"), "%s",
                       error.text);
    wire = make_wire();
    memset(wire.kernel[0].layer, 'n', sizeof wire.kernel[0].layer);
    cr_expect_eq(vjp_describe(PATH, &wire, &info, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "between them, 1 to 255 in all"), "%s", error.text);
    wire = make_wire();
    wire.kernel[0].n_wants = 1;
    memset(wire.kernel[0].wants[0], 'n', sizeof wire.kernel[0].wants[0]);
    cr_expect_eq(vjp_describe(PATH, &wire, &info, &error), VJP_ERR_USAGE);
    cr_expect_not_null(strstr(error.text, "is no name: expected 1 to 31 letters"), "%s",
                       error.text);
}

/* A name has no blanks, a pipeline may: it is kept as its spec spells it. */
Test(describe, a_layer_may_be_a_pipeline)
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

static void want(struct vjp_wire_descriptor *wire, const char *layer, const char *first,
                 const char *second)
{
    struct vjp_wire_kernel *k = &wire->kernel[0];
    strcpy(k->layer, layer);
    strcpy(k->wants[0], first);
    strcpy(k->wants[1], second);
    k->n_wants = 2;
}

/* softmax: y = softmax(x). layernorm: x, w, b; it saves mean and rstd, in this order. */
Test(describe, wants_are_inputs_and_saved_values)
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

Test(describe, wants_that_make_no_sense_are_named)
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

Test(describe, ulps_have_a_fallback_and_limits)
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

Test(describe, conventions_at_kinks_are_one_of_a_kind)
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

Test(describe, a_worker_without_address_space_is_our_failure)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.problem = VJP_LOAD_NO_SPACE;
    strcpy(wire.text, "Cannot allocate memory");
    expect_refused(&wire, VJP_ERR_IO,
                   "the worker gets no address space for tensors: Cannot allocate memory");
    wire.problem = VJP_LOAD_FAILED;
    strcpy(wire.text, "no\nfile");
    expect_refused(&wire, VJP_ERR_USAGE, "cannot be loaded: no file");
}

Test(describe, two_kernels_of_one_name_are_refused)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.n_kernels = 2;
    wire.kernel[1] = wire.kernel[0];
    expect_refused(&wire, VJP_ERR_USAGE, "kernels 0 and 1 are both named k");
    strcpy(wire.kernel[1].name, "k2");
    cr_expect_eq(describe(&wire).n_kernels, 2);
}

/* bf16 has the exponents that f16 lacks, f16 the digits that bf16 lacks. */
Test(describe, sums_must_be_as_wide_as_the_operands)
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
Test(describe, bits_of_a_later_version_are_let_pass)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.minor = VJP_ABI_MINOR;
    wire.kernel[0].capabilities = 0x81;
    expect_refused(&wire, VJP_ERR_USAGE,
                   "kernel 0: capabilities 0x81 has bits without a meaning: known are 0x1");
    wire.minor = VJP_ABI_MINOR + 1;
    cr_expect(describe(&wire).kernel[0].deterministic);
}

/* FTZ is 0x8000 in MXCSR, DAZ 0x40. */
Test(describe, what_loading_did_to_the_environment_is_told)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.fp[0].mxcsr = 0x1f80;
    wire.fp[1].mxcsr = 0x1f80 | 0x8040;
    const struct vjp_plugin_info both = describe(&wire);
    cr_expect_eq(strncmp(both.load_damage, "loading the library ", 20), 0, "%s", both.load_damage);
    cr_expect_not_null(strstr(both.load_damage, "-ffast-math"), "%s", both.load_damage);
    wire.fp[1].mxcsr = 0x1f80 | 0x8000;
    const struct vjp_plugin_info one = describe(&wire);
    cr_expect_not_null(strstr(one.load_damage, "FTZ"), "%s", one.load_damage);
    cr_expect_null(strstr(one.load_damage, "-ffast-math"), "%s", one.load_damage);
}

Test(describe, any_difference_is_one)
{
    struct vjp_wire_descriptor wire = make_wire();
    want(&wire, "linear", "x", "w");
    const struct vjp_plugin_info first = describe(&wire);
    enum { CHANGES = 17 };
    cr_expect(vjp_describe_is_equal(&first, &first));
    for (int i = 0; i < CHANGES; i++) {
        struct vjp_plugin_info other = first;
        struct vjp_kernel_info *k = &other.kernel[0];
        char *const texts[] = {other.name, other.version, other.load_damage,
                               k->name,    k->layer,      k->summary};
        if (i < 6)
            strcat(texts[i], "x");
        other.n_kernels += i == 6;
        k->deterministic ^= i == 7;
        k->alignment += i == 8;
        k->has_model[VJP_BF16] ^= i == 9;
        k->model[VJP_F32].flushes ^= i == 10;
        if (i == 11)
            k->model[VJP_F32].accumulate = VJP_F32;
        k->model[VJP_F32].ulps += i == 12;
        k->kinks.point = i == 13 ? VJP_POINT_UPPER : VJP_POINT_ANY;
        k->kinks.tie = i == 14 ? VJP_TIE_LAST : VJP_TIE_ANY;
        k->n_wants -= i == 15;
        if (i == 16)
            strcpy(k->wants[1], "b");
        cr_expect_not(vjp_describe_is_equal(&first, &other), "change %d", i);
        cr_expect_not(vjp_describe_is_equal(&other, &first), "change %d", i);
    }
}
