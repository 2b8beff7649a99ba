/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "impls/abi/vjp_plugin.h"
#include "impls/host/describe_kernel.h"
#include "impls/host/environment.h"
#include "impls/host/foreign.h"
#include "impls/host/sanitizer.h"

static enum vjp_status copy_kernels(const struct vjp_wire_descriptor *wire,
                                    struct vjp_plugin_info *out, struct vjp_error *error)
{
    for (int k = 0; k < wire->n_kernels; k++) {
        enum vjp_status status =
            vjp_describe_kernel(&wire->kernel[k], wire->minor, &out->kernel[k], error);
        if (status != VJP_OK) {
            vjp_error_prefix(error, "kernel %d: ", k);
            return status;
        }
        for (int i = 0; i < k; i++) {
            if (strcmp(out->kernel[i].name, out->kernel[k].name) == 0)
                return vjp_fail(error, VJP_ERR_USAGE, "kernels %d and %d are both named %s", i, k,
                                out->kernel[k].name);
        }
    }
    out->n_kernels = wire->n_kernels;
    return VJP_OK;
}

/* What the worker could not get past. */
static enum vjp_status explain_problem(const struct vjp_wire_descriptor *wire,
                                       struct vjp_error *error)
{
    char text[sizeof wire->text];
    const int64_t found = wire->found;
    const int64_t expected = wire->expected;
    const int k = wire->bad_kernel;
    vjp_foreign_text(text, sizeof text, wire->text, sizeof wire->text);
    switch (wire->problem) {
    case VJP_LOAD_NO_SPACE:
        return vjp_fail(error, VJP_ERR_IO, "the worker gets no address space for tensors: %s",
                        text);
    case VJP_LOAD_NO_FILTER:
        return vjp_fail(
            error, VJP_ERR_IO,
            "the worker gets no filter of its system calls (seccomp): %s. With VJPCHECK_FILTER=0 "
            "in the environment it does without, and a kernel may reach other processes and files",
            text);
    case VJP_LOAD_FAILED:
        return vjp_fail(error, VJP_ERR_USAGE, "cannot be loaded: %s%s", text,
                        vjp_sanitizer_advice(text));
    case VJP_LOAD_NO_SYMBOL:
        return vjp_fail(error, VJP_ERR_USAGE, "is no plug-in: it does not export %s",
                        VJP_ABI_SYMBOL);
    case VJP_LOAD_MAJOR:
        return vjp_fail(error, VJP_ERR_USAGE, "abi_major is %" PRId64 ", expected %" PRId64, found,
                        expected);
    case VJP_LOAD_PLUGIN_SIZE:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "struct_size of the plug-in is %" PRId64 ", expected at least %" PRId64,
                        found, expected);
    case VJP_LOAD_N_KERNELS:
        return vjp_fail(error, VJP_ERR_USAGE, "n_kernels is %" PRId64 ", expected 1 to %" PRId64,
                        found, expected);
    case VJP_LOAD_NULL:
        if (k < 0)
            return vjp_fail(error, VJP_ERR_USAGE, "%s of the plug-in is NULL", text);
        return vjp_fail(error, VJP_ERR_USAGE, "kernel %d: %s is NULL", k, text);
    case VJP_LOAD_KERNEL_SIZE:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kernel %d: struct_size is %" PRId64 ", expected at least %" PRId64, k,
                        found, expected);
    case VJP_LOAD_MODEL_SIZE:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kernel %d: struct_size of model %d is %" PRId64
                        ", expected at least %" PRId64,
                        k, wire->bad_model, found, expected);
    case VJP_LOAD_N_MODELS:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kernel %d: n_models is %" PRId64 ", expected one for each dtype it takes",
                        k, found);
    case VJP_LOAD_N_WANTS:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kernel %d: n_wants is %" PRId64 ", expected 0 to %" PRId64, k, found,
                        expected);
    case VJP_LOAD_N_TILES:
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kernel %d: n_tiles is %" PRId64 ", expected 0 to %" PRId64, k, found,
                        expected);
    default:
        return vjp_fail(error, VJP_ERR_USAGE, "the worker's answer makes no sense");
    }
}

static void explain_damage(const struct vjp_wire_fp fp[2], char *out, size_t size)
{
    const uint32_t flush = UINT32_C(0x8040);
    if (!vjp_environment_explain("loading the library", &fp[0], &fp[1], out, size))
        return;
    const size_t n = strlen(out);
    if ((fp[1].mxcsr & flush) == flush)
        snprintf(out + n, size - n,
                 ": the start-up code that linking with -ffast-math adds does so");
}

enum vjp_status vjp_describe(const char *path, const struct vjp_wire_descriptor *wire,
                             struct vjp_plugin_info *out, struct vjp_error *error)
{
    struct vjp_plugin_info info = {0};
    enum vjp_status status;
    if (wire->problem != VJP_LOAD_FINE)
        status = explain_problem(wire, error);
    else if (wire->n_kernels < 1 || wire->n_kernels > VJP_KERNELS_MAX)
        status = vjp_fail(error, VJP_ERR_USAGE, "n_kernels is %" PRId32, wire->n_kernels);
    else
        status = vjp_describe_name("name", wire->name, info.name, VJP_NAME_MAX, error);
    if (status == VJP_OK)
        status = copy_kernels(wire, &info, error);
    if (status != VJP_OK) {
        vjp_error_prefix(error, "%s: ", path);
        return status;
    }
    vjp_foreign_text(info.version, sizeof info.version, wire->version, sizeof wire->version);
    explain_damage(wire->fp, info.load_damage, sizeof info.load_damage);
    *out = info;
    return VJP_OK;
}

static bool is_equal_kernel(const struct vjp_kernel_info *a, const struct vjp_kernel_info *b)
{
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (a->has_model[d] != b->has_model[d] ||
            a->model[d].accumulate != b->model[d].accumulate ||
            a->model[d].flushes != b->model[d].flushes ||
            a->model[d].narrow_operands != b->model[d].narrow_operands ||
            a->model[d].ulps != b->model[d].ulps)
            return false;
    }
    if (!vjp_kinks_are_equal(a->kinks, b->kinks) || a->n_wants != b->n_wants)
        return false;
    for (int i = 0; i < a->n_wants; i++) {
        if (strcmp(a->wants[i], b->wants[i]) != 0)
            return false;
    }
    return strcmp(a->name, b->name) == 0 && strcmp(a->layer, b->layer) == 0 &&
           strcmp(a->summary, b->summary) == 0 && a->deterministic == b->deterministic &&
           a->some_gradients == b->some_gradients && a->zero_strides == b->zero_strides &&
           a->in_place == b->in_place && a->fixed_point == b->fixed_point &&
           a->n_tiles == b->n_tiles && memcmp(a->tiles, b->tiles, sizeof a->tiles) == 0 &&
           a->alignment == b->alignment;
}

bool vjp_describe_is_equal(const struct vjp_plugin_info *a, const struct vjp_plugin_info *b)
{
    if (strcmp(a->name, b->name) != 0 || strcmp(a->version, b->version) != 0 ||
        strcmp(a->load_damage, b->load_damage) != 0 || a->n_kernels != b->n_kernels)
        return false;
    for (int k = 0; k < a->n_kernels; k++) {
        if (!is_equal_kernel(&a->kernel[k], &b->kernel[k]))
            return false;
    }
    return true;
}
