/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/describe_kernel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cases/spec/spec.h"
#include "impls/abi/vjp_plugin.h"
#include "impls/host/foreign.h"

/* Names are compared, printed and typed by people: letters, digits, '_', '-', '.'. */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

/* The bits of kinks of which one may be set each. */
#define KINK_BITS (VJP_ABI_KINK_LOWER | VJP_ABI_KINK_UPPER | VJP_ABI_KINK_MIDDLE)
#define TIE_BITS  (VJP_ABI_TIE_FIRST | VJP_ABI_TIE_LAST | VJP_ABI_TIE_SPLIT)

/* The text on the wire has room for max + 1 bytes. */
static bool is_made_of(const char *letters, const char *wire, size_t max)
{
    const size_t length = strnlen(wire, max + 1);
    return length >= 1 && length < max && strspn(wire, letters) == length;
}

enum vjp_status vjp_describe_name(const char *what, const char *wire, char *out, int max,
                                  struct vjp_error *error)
{
    if (!is_made_of(LETTERS, wire, (size_t)max)) {
        char shown[VJP_NAME_MAX + 1];
        vjp_foreign_text(shown, sizeof shown, wire, (size_t)max + 1);
        return vjp_fail(error, VJP_ERR_USAGE,
                        "%s \"%s\" is no name: expected 1 to %d letters, digits, '_', '-', '.'",
                        what, shown, max - 1);
    }
    memcpy(out, wire, strlen(wire) + 1);
    return VJP_OK;
}

/* A layer that is not known keeps the name that the plug-in gives it, and *spec is NULL. */
static enum vjp_status copy_layer(const char *wire, char out[VJP_LAYER_MAX],
                                  const struct vjp_spec **spec, struct vjp_error *error)
{
    const bool pipeline = memchr(wire, '|', strnlen(wire, VJP_LAYER_MAX)) != NULL;
    if (!is_made_of(pipeline ? LETTERS " |" : LETTERS, wire, VJP_LAYER_MAX)) {
        char shown[VJP_LAYER_MAX + 1];
        vjp_foreign_text(shown, sizeof shown, wire, VJP_LAYER_MAX + 1);
        return vjp_fail(error, VJP_ERR_USAGE,
                        "layer \"%s\" is no name: expected letters, digits, '_', '-', '.', or such "
                        "names with '|' between them, 1 to %d in all",
                        shown, VJP_LAYER_MAX - 1);
    }
    *spec = vjp_spec_find(wire);
    const char *name = *spec ? (*spec)->name : wire;
    if (strlen(name) >= VJP_LAYER_MAX)
        return vjp_fail(error, VJP_ERR_LIMIT, "layer \"%s\": expected at most %d characters", name,
                        VJP_LAYER_MAX - 1);
    memcpy(out, name, strlen(name) + 1);
    return VJP_OK;
}

static bool find_dtype(struct vjp_wire_dtype wire, enum vjp_dtype *out)
{
    static const struct vjp_wire_dtype known[VJP_DTYPE_COUNT] = {
        [VJP_BF16] = {kDLBfloat, 16, 1},
        [VJP_F16] = {kDLFloat, 16, 1},
        [VJP_F32] = {kDLFloat, 32, 1},
        [VJP_F64] = {kDLFloat, 64, 1},
    };
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (known[d].code == wire.code && known[d].bits == wire.bits &&
            known[d].lanes == wire.lanes) {
            *out = (enum vjp_dtype)d;
            return true;
        }
    }
    return false;
}

/* A minor version that we know leaves no bit without a meaning. */
static enum vjp_status check_bits(const char *what, uint32_t bits, uint32_t known, int32_t minor,
                                  struct vjp_error *error)
{
    if (minor > VJP_ABI_MINOR || (bits & ~known) == 0)
        return VJP_OK;
    return vjp_fail(error, VJP_ERR_USAGE,
                    "%s 0x%" PRIx32 " has bits without a meaning: known are"
                    " 0x%" PRIx32,
                    what, bits, known);
}

#define CAPABILITY_BITS                                                                            \
    (VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS | VJP_ABI_IN_PLACE | VJP_ABI_FIXED_POINT)
#define MODEL_BITS (VJP_ABI_FLUSHES | VJP_ABI_NARROW_OPERANDS)

static enum vjp_status copy_model(const struct vjp_wire_model *wire, int32_t minor,
                                  struct vjp_kernel_info *out, struct vjp_error *error)
{
    enum vjp_dtype dtype, accumulate;
    if (!find_dtype(wire->dtype, &dtype) || !find_dtype(wire->accumulate, &accumulate)) {
        const struct vjp_wire_dtype bad =
            find_dtype(wire->dtype, &dtype) ? wire->accumulate : wire->dtype;
        return vjp_fail(error, VJP_ERR_USAGE,
                        "DLDataType {%d,%d,%d} is none of f16, bf16, f32, f64 with one lane",
                        bad.code, bad.bits, bad.lanes);
    }
    if (vjp_dtype_is_narrower(accumulate, dtype))
        return vjp_fail(error, VJP_ERR_USAGE, "it accumulates %s in %s, which is narrower",
                        vjp_format(dtype)->name, vjp_format(accumulate)->name);
    if (out->has_model[dtype])
        return vjp_fail(error, VJP_ERR_USAGE, "two models for %s", vjp_format(dtype)->name);
    const enum vjp_status status = check_bits("flags", wire->flags, MODEL_BITS, minor, error);
    if (status != VJP_OK)
        return status;
    out->has_model[dtype] = true;
    out->model[dtype] =
        (struct vjp_model){.accumulate = accumulate,
                           .flushes = wire->flags & VJP_ABI_FLUSHES,
                           .narrow_operands = wire->flags & VJP_ABI_NARROW_OPERANDS};
    return VJP_OK;
}

/* The names that the kernel could want. */
static void list_tensors(const struct vjp_spec *spec, char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "%.100s has", spec->name);
    for (int i = 0; i < spec->n_inputs && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s %s", i > 0 ? "," : "", spec->input[i].name);
    if (n < size)
        n += (size_t)snprintf(text + n, size - n, " and saves%s", spec->n_saved ? "" : " nothing");
    for (int k = 0; k < spec->n_saved && n < size; k++)
        n += (size_t)snprintf(text + n, size - n, "%s %s", k > 0 ? "," : "", spec->saved[k].name);
}

/* Sets the bit of a saved value in *saved. */
static enum vjp_status find_want(const struct vjp_spec *spec, const char *want, uint32_t *saved,
                                 struct vjp_error *error)
{
    char known[512];
    const int slot = vjp_slot_find(spec, want);
    const int k = vjp_saved_find(spec, want);
    if (slot >= 0 && slot < spec->n_inputs)
        return VJP_OK;
    if (k >= 0) {
        *saved |= UINT32_C(1) << k;
        return VJP_OK;
    }
    if (slot == vjp_slot_cotangent(spec))
        return vjp_fail(error, VJP_ERR_USAGE, "it wants \"%s\", which every call has", want);
    list_tensors(spec, known, sizeof known);
    return vjp_fail(error, VJP_ERR_USAGE, "it wants \"%s\", but %s", want, known);
}

static enum vjp_status copy_wants(const struct vjp_wire_kernel *wire, const struct vjp_spec *spec,
                                  struct vjp_kernel_info *out, struct vjp_error *error)
{
    uint32_t saved = 0;
    if (wire->n_wants < 0 || wire->n_wants > VJP_WANTS_MAX)
        return vjp_fail(error, VJP_ERR_USAGE, "n_wants %" PRId32, wire->n_wants);
    for (int i = 0; i < wire->n_wants; i++) {
        enum vjp_status status =
            vjp_describe_name("want", wire->wants[i], out->wants[i], VJP_WANT_MAX, error);
        if (status == VJP_OK && spec)
            status = find_want(spec, out->wants[i], &saved, error);
        if (status != VJP_OK)
            return status;
        for (int j = 0; j < i; j++) {
            if (strcmp(out->wants[i], out->wants[j]) == 0)
                return vjp_fail(error, VJP_ERR_USAGE, "it wants \"%s\" twice", out->wants[i]);
        }
    }
    out->n_wants = wire->n_wants;
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (out->has_model[d])
            out->model[d].wants_saved = saved;
    }
    return VJP_OK;
}

static enum vjp_status copy_ulps(int32_t ulps, struct vjp_kernel_info *out, struct vjp_error *error)
{
    if (ulps < 0 || ulps > VJP_ULPS_MAX)
        return vjp_fail(error, VJP_ERR_USAGE, "ulps %" PRId32 ": expected 1 to %d, or 0 for %d",
                        ulps, VJP_ULPS_MAX, VJP_ULPS_DEFAULT);
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        if (out->has_model[d])
            out->model[d].ulps = ulps > 0 ? ulps : VJP_ULPS_DEFAULT;
    }
    return VJP_OK;
}

static enum vjp_status copy_tiles(const struct vjp_wire_kernel *wire, struct vjp_kernel_info *out,
                                  struct vjp_error *error)
{
    if (wire->n_tiles < 0 || wire->n_tiles > VJP_TILES_MAX)
        return vjp_fail(error, VJP_ERR_USAGE, "n_tiles %" PRId32, wire->n_tiles);
    for (int i = 0; i < wire->n_tiles; i++) {
        if (wire->tiles[i] < 2 || wire->tiles[i] > VJP_TILE_MAX)
            return vjp_fail(error, VJP_ERR_USAGE, "tiles[%d] %" PRId32 ": expected 2 to %d", i,
                            wire->tiles[i], VJP_TILE_MAX);
        out->tiles[i] = wire->tiles[i];
    }
    out->n_tiles = wire->n_tiles;
    return VJP_OK;
}

static bool is_several(uint32_t bits)
{
    return (bits & (bits - 1)) != 0;
}

static enum vjp_status copy_kinks(uint32_t kinks, int32_t minor, struct vjp_kinks *out,
                                  struct vjp_error *error)
{
    const enum vjp_status status = check_bits("kinks", kinks, KINK_BITS | TIE_BITS, minor, error);
    if (status != VJP_OK)
        return status;
    if (is_several(kinks & KINK_BITS) || is_several(kinks & TIE_BITS))
        return vjp_fail(error, VJP_ERR_USAGE,
                        "kinks 0x%" PRIx32 " contradicts itself: expected one VJP_ABI_KINK_ and "
                        "one VJP_ABI_TIE_ at most",
                        kinks);
    out->point = kinks & VJP_ABI_KINK_LOWER    ? VJP_POINT_LOWER
                 : kinks & VJP_ABI_KINK_UPPER  ? VJP_POINT_UPPER
                 : kinks & VJP_ABI_KINK_MIDDLE ? VJP_POINT_MIDDLE
                                               : VJP_POINT_ANY;
    out->tie = kinks & VJP_ABI_TIE_FIRST   ? VJP_TIE_FIRST
               : kinks & VJP_ABI_TIE_LAST  ? VJP_TIE_LAST
               : kinks & VJP_ABI_TIE_SPLIT ? VJP_TIE_SPLIT
                                           : VJP_TIE_ANY;
    return VJP_OK;
}

/* What came with 1.1, and with 1.4. */
static enum vjp_status copy_extension(const struct vjp_wire_kernel *wire, int32_t minor,
                                      const struct vjp_spec *spec, struct vjp_kernel_info *out,
                                      struct vjp_error *error)
{
    enum vjp_status status = check_bits("reserved", wire->reserved, 0, minor, error);
    if (status == VJP_OK)
        status = copy_ulps(wire->ulps, out, error);
    if (status == VJP_OK)
        status = copy_kinks(wire->kinks, minor, &out->kinks, error);
    if (status == VJP_OK)
        status = copy_wants(wire, spec, out, error);
    if (status == VJP_OK)
        status = check_bits("reserved_1_4", wire->reserved_1_4, 0, minor, error);
    return status == VJP_OK ? copy_tiles(wire, out, error) : status;
}

enum vjp_status vjp_describe_kernel(const struct vjp_wire_kernel *wire, int32_t minor,
                                    struct vjp_kernel_info *out, struct vjp_error *error)
{
    const struct vjp_spec *spec;
    enum vjp_status status = vjp_describe_name("name", wire->name, out->name, VJP_NAME_MAX, error);
    if (status == VJP_OK)
        status = copy_layer(wire->layer, out->layer, &spec, error);
    if (status == VJP_OK)
        status = check_bits("capabilities", wire->capabilities, CAPABILITY_BITS, minor, error);
    if (status != VJP_OK)
        return status;
    const int32_t a = wire->alignment;
    if (a < 0 || a > 64 || (a & (a - 1)) != 0)
        return vjp_fail(error, VJP_ERR_USAGE,
                        "alignment %" PRId32 " is no power of two from 1 to 64, and not 0", a);
    if (wire->n_models < 1 || wire->n_models > VJP_WIRE_MODELS)
        return vjp_fail(error, VJP_ERR_USAGE, "n_models %" PRId32, wire->n_models);
    for (int m = 0; m < wire->n_models; m++) {
        status = copy_model(&wire->model[m], minor, out, error);
        if (status != VJP_OK)
            return status;
    }
    vjp_foreign_text(out->summary, sizeof out->summary, wire->summary, sizeof wire->summary);
    out->deterministic = wire->capabilities & VJP_ABI_DETERMINISTIC;
    out->some_gradients = wire->capabilities & VJP_ABI_SOME_GRADIENTS;
    out->zero_strides = minor >= 4;
    out->in_place = wire->capabilities & VJP_ABI_IN_PLACE;
    out->fixed_point = minor < 5 || wire->capabilities & VJP_ABI_FIXED_POINT;
    out->alignment = a > 1 ? a : 1;
    return copy_extension(wire, minor, spec, out, error);
}
