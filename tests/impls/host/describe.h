/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VJP_TESTS_IMPLS_HOST_DESCRIBE_H
#define VJP_TESTS_IMPLS_HOST_DESCRIBE_H

/* Descriptors as a worker hands them over, made by hand: those that a damaged worker could send, too.
 * What a plug-in does to get one of them is in worker_handle_test.c. */
#include "impls/host/describe.h"

#include "impls/abi/vjp_plugin.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define PATH "/some/p.so"

/* A plug-in "p" with one kernel "k" that takes f32 and sums in f64. */
static inline struct vjp_wire_descriptor make_wire(void)
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

static inline void expect_refused(const struct vjp_wire_descriptor *wire, enum vjp_status expected,
                                  const char *message)
{
    struct vjp_plugin_info info = {.n_kernels = 77};
    struct vjp_error error = {0};
    cr_expect_eq(vjp_describe(PATH, wire, &info, &error), expected, "%s", message);
    cr_expect_eq(strncmp(error.text, PATH ": ", strlen(PATH ": ")), 0, "%s", error.text);
    cr_expect_str_eq(error.text + strlen(PATH ": "), message);
    cr_expect_eq(info.n_kernels, 77, "nothing is written on failure");
}

static inline struct vjp_plugin_info describe(const struct vjp_wire_descriptor *wire)
{
    struct vjp_plugin_info info = {0};
    struct vjp_error error = {0};
    cr_assert_eq(vjp_describe(PATH, wire, &info, &error), VJP_OK, "%s", error.text);
    return info;
}

static inline void want(struct vjp_wire_descriptor *wire, const char *layer, const char *first,
                        const char *second)
{
    struct vjp_wire_kernel *k = &wire->kernel[0];
    strcpy(k->layer, layer);
    strcpy(k->wants[0], first);
    strcpy(k->wants[1], second);
    k->n_wants = 2;
}

#endif
