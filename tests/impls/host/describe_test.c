/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/describe.h"

#include "tests/impls/host/describe.h"

Test(describe, what_is_said_is_copied)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.n_kernels = 2;
    wire.kernel[1] = (struct vjp_wire_kernel){
        .name = "h",
        .layer = "other",
        .n_models = 3,
        .model = {
            {.dtype = {kDLBfloat, 16, 1}, .accumulate = {kDLFloat, 32, 1}},
            {.dtype = {kDLFloat, 16, 1}, .accumulate = {kDLFloat, 16, 1}, .flags = VJP_ABI_FLUSHES},
            {.dtype = {kDLFloat, 32, 1},
             .accumulate = {kDLFloat, 32, 1},
             .flags = VJP_ABI_NARROW_OPERANDS}}};
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
    cr_expect(k->has_model[VJP_BF16] && k->has_model[VJP_F16] && k->has_model[VJP_F32]);
    cr_expect(k->model[VJP_F32].narrow_operands && !k->model[VJP_F16].narrow_operands);
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

Test(describe, a_worker_without_address_space_is_our_failure)
{
    struct vjp_wire_descriptor wire = make_wire();
    wire.problem = VJP_LOAD_NO_SPACE;
    strcpy(wire.text, "Cannot allocate memory");
    expect_refused(&wire, VJP_ERR_IO,
                   "the worker gets no address space for tensors: Cannot allocate memory");
    wire.problem = VJP_LOAD_NO_FILTER;
    strcpy(wire.text, "Invalid argument");
    expect_refused(&wire, VJP_ERR_IO,
                   "the worker gets no filter of its system calls (seccomp): Invalid argument. "
                   "With VJPCHECK_FILTER=0 in the environment it does without, and a kernel may "
                   "reach other processes and files");
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
    enum { CHANGES = 23 };
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
        k->model[VJP_F32].narrow_operands ^= i == 17;
        if (i == 11)
            k->model[VJP_F32].accumulate = VJP_F32;
        k->model[VJP_F32].ulps += i == 12;
        k->kinks.point = i == 13 ? VJP_POINT_UPPER : VJP_POINT_ANY;
        k->kinks.tie = i == 14 ? VJP_TIE_LAST : VJP_TIE_ANY;
        k->n_wants -= i == 15;
        k->some_gradients ^= i == 18;
        k->zero_strides ^= i == 19;
        k->in_place ^= i == 20;
        k->n_tiles += i == 21;
        k->tiles[0] += i == 22;
        if (i == 16)
            strcpy(k->wants[1], "b");
        cr_expect_not(vjp_describe_is_equal(&first, &other), "change %d", i);
        cr_expect_not(vjp_describe_is_equal(&other, &first), "change %d", i);
    }
}
