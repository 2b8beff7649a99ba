/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/worker/plugin.h"

#include "impls/host/worker/fault.h"
#include "impls/host/worker/fp.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool refuse(struct vjp_wire_descriptor *out, enum vjp_load_problem problem, int64_t found,
                   int64_t expected)
{
    out->found = found;
    out->expected = expected;
    out->problem = (int32_t)problem;
    return false;
}

static bool refuse_null(struct vjp_wire_descriptor *out, const char *field)
{
    snprintf(out->text, sizeof out->text, "%s", field);
    return refuse(out, VJP_LOAD_NULL, 0, 0);
}

/* Cut at size. No more of text is read than that. */
static void copy_text(char *out, size_t size, const char *text)
{
    const size_t length = text ? strnlen(text, size - 1) : 0;
    if (length > 0)
        memcpy(out, text, length);
    out[length] = '\0';
}

static struct vjp_wire_dtype wire_dtype(DLDataType dtype)
{
    return (struct vjp_wire_dtype){dtype.code, dtype.bits, dtype.lanes};
}

static bool copy_models(const struct vjp_abi_kernel *kernel, struct vjp_wire_descriptor *out,
                        struct vjp_wire_kernel *wire)
{
    if (kernel->n_models < 1 || kernel->n_models > VJP_WIRE_MODELS)
        return refuse(out, VJP_LOAD_N_MODELS, kernel->n_models, VJP_WIRE_MODELS);
    if (!kernel->models)
        return refuse_null(out, "models");
    wire->n_models = kernel->n_models;
    for (int m = 0; m < kernel->n_models; m++) {
        const struct vjp_abi_model *model = kernel->models[m];
        out->bad_model = m;
        if (!model)
            return refuse_null(out, "a model");
        if (model->struct_size < sizeof *model)
            return refuse(out, VJP_LOAD_MODEL_SIZE, model->struct_size, sizeof *model);
        wire->model[m].flags = model->flags;
        wire->model[m].dtype = wire_dtype(model->dtype);
        wire->model[m].accumulate = wire_dtype(model->accumulate);
    }
    return true;
}

/* The fields of 1.1. What a kernel of 1.0 has there is not ours to read. */
static bool copy_wants(const struct vjp_abi_kernel *kernel, struct vjp_wire_descriptor *out,
                       struct vjp_wire_kernel *wire)
{
    if (kernel->struct_size == VJP_ABI_KERNEL_SIZE_1_0)
        return true;
    if (kernel->n_wants < 0 || kernel->n_wants > VJP_WANTS_MAX)
        return refuse(out, VJP_LOAD_N_WANTS, kernel->n_wants, VJP_WANTS_MAX);
    if (kernel->n_wants > 0 && !kernel->wants)
        return refuse_null(out, "wants");
    wire->n_wants = kernel->n_wants;
    wire->ulps = kernel->ulps;
    wire->kinks = kernel->kinks;
    wire->reserved = kernel->reserved;
    for (int i = 0; i < kernel->n_wants; i++) {
        if (!kernel->wants[i])
            return refuse_null(out, "a name in wants");
        copy_text(wire->wants[i], sizeof wire->wants[i], kernel->wants[i]);
    }
    return true;
}

/* The fields of 1.4. */
static bool copy_tiles(const struct vjp_abi_kernel *kernel, struct vjp_wire_descriptor *out,
                       struct vjp_wire_kernel *wire)
{
    if (kernel->struct_size <= VJP_ABI_KERNEL_SIZE_1_1)
        return true;
    if (kernel->n_tiles < 0 || kernel->n_tiles > VJP_TILES_MAX)
        return refuse(out, VJP_LOAD_N_TILES, kernel->n_tiles, VJP_TILES_MAX);
    if (kernel->n_tiles > 0 && !kernel->tiles)
        return refuse_null(out, "tiles");
    wire->n_tiles = kernel->n_tiles;
    wire->reserved_1_4 = kernel->reserved_1_4;
    for (int i = 0; i < kernel->n_tiles; i++)
        wire->tiles[i] = kernel->tiles[i];
    return true;
}

static bool copy_kernel(const struct vjp_abi_kernel *kernel, struct vjp_wire_descriptor *out,
                        struct vjp_wire_kernel *wire)
{
    if (!kernel)
        return refuse_null(out, "the pointer to it");
    if (kernel->struct_size < sizeof *kernel && kernel->struct_size != VJP_ABI_KERNEL_SIZE_1_0 &&
        kernel->struct_size != VJP_ABI_KERNEL_SIZE_1_1)
        return refuse(out, VJP_LOAD_KERNEL_SIZE, kernel->struct_size, sizeof *kernel);
    if (!kernel->name || !kernel->layer)
        return refuse_null(out, kernel->name ? "layer" : "name");
    if (!kernel->supports || !kernel->run)
        return refuse_null(out, kernel->run ? "supports" : "run");
    copy_text(wire->name, sizeof wire->name, kernel->name);
    copy_text(wire->layer, sizeof wire->layer, kernel->layer);
    copy_text(wire->summary, sizeof wire->summary, kernel->summary);
    wire->capabilities = kernel->capabilities;
    wire->alignment = kernel->alignment;
    return copy_models(kernel, out, wire) && copy_wants(kernel, out, wire) &&
           copy_tiles(kernel, out, wire);
}

/* struct_size and abi_major are where they are in every version; nothing else is looked at before
 * they are known to be right. */
static bool copy_plugin(const struct vjp_abi_plugin *plugin, struct vjp_wire_descriptor *out)
{
    out->bad_kernel = -1;
    if (plugin->struct_size < 2 * sizeof(uint32_t))
        return refuse(out, VJP_LOAD_PLUGIN_SIZE, plugin->struct_size, sizeof *plugin);
    if (plugin->abi_major != VJP_ABI_MAJOR)
        return refuse(out, VJP_LOAD_MAJOR, plugin->abi_major, VJP_ABI_MAJOR);
    if (plugin->struct_size < sizeof *plugin)
        return refuse(out, VJP_LOAD_PLUGIN_SIZE, plugin->struct_size, sizeof *plugin);
    if (plugin->n_kernels < 1 || plugin->n_kernels > VJP_KERNELS_MAX)
        return refuse(out, VJP_LOAD_N_KERNELS, plugin->n_kernels, VJP_KERNELS_MAX);
    if (!plugin->name || !plugin->kernels)
        return refuse_null(out, plugin->name ? "kernels" : "name");
    copy_text(out->name, sizeof out->name, plugin->name);
    copy_text(out->version, sizeof out->version, plugin->version);
    out->minor = plugin->abi_minor;
    out->n_kernels = plugin->n_kernels;
    for (int k = 0; k < plugin->n_kernels; k++) {
        out->bad_kernel = k;
        if (!copy_kernel(plugin->kernels[k], out, &out->kernel[k]))
            return false;
    }
    return true;
}

const struct vjp_abi_plugin *vjp_plugin_load(struct vjp_control *control)
{
    struct vjp_wire_descriptor *out = &control->descriptor;
    control->answer.stage = VJP_STAGE_LOADING;
    vjp_fp_reset();
    vjp_fp_read(&out->fp[0]);
    void *library = dlopen(control->setup.path, RTLD_NOW | RTLD_LOCAL);
    vjp_fp_read(&out->fp[1]);
    if (!library) {
        copy_text(out->text, sizeof out->text, dlerror());
        refuse(out, VJP_LOAD_FAILED, 0, 0);
        return NULL;
    }
    const struct vjp_abi_plugin *plugin = dlsym(library, VJP_ABI_SYMBOL);
    if (!plugin) {
        refuse(out, VJP_LOAD_NO_SYMBOL, 0, 0);
        return NULL;
    }
    /* POSIX has functions come as pointers to objects (dlsym(3)). */
    void (*dump)(void);
    *(void **)&dump = dlsym(library, VJP_COVERAGE_SYMBOL);
    vjp_fault_last_words(dump);
    control->answer.stage = VJP_STAGE_DESCRIBING;
    return copy_plugin(plugin, out) ? plugin : NULL;
}
