/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker in which foreign code runs may have written in place of its plug-in's description. The input is
 * the beginning of it, the rest is 0. */
#include "impls/host/describe.h"
#include "tests/fuzz/fuzz.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
#define PATH    "/some/p.so"

static void expect_made_of(const char *letters, const char *text, size_t size)
{
    const size_t length = strnlen(text, size);
    FUZZ_EXPECT(length > 0 && length < size, "length %zu", length);
    FUZZ_EXPECT(strspn(text, letters) == length, "%s", text);
}

static void expect_harmless(const char *text, size_t size)
{
    FUZZ_EXPECT(strnlen(text, size) < size, "a text without an end");
    for (; *text; text++)
        FUZZ_EXPECT((unsigned char)*text >= ' ' && *text != 0x7f, "0x%02x", *text);
}

static void check_kernel(const struct vjp_kernel_info *k)
{
    bool any = false;
    expect_made_of(LETTERS, k->name, sizeof k->name);
    expect_made_of(LETTERS " |", k->layer, sizeof k->layer);
    expect_harmless(k->summary, sizeof k->summary);
    FUZZ_EXPECT(k->alignment >= 1 && k->alignment <= 64 && (k->alignment & (k->alignment - 1)) == 0,
                "alignment %d", k->alignment);
    FUZZ_EXPECT(k->n_wants >= 0 && k->n_wants <= VJP_WANTS_MAX, "n_wants %d", k->n_wants);
    for (int i = 0; i < k->n_wants; i++)
        expect_made_of(LETTERS, k->wants[i], sizeof k->wants[i]);
    for (int d = 0; d < VJP_DTYPE_COUNT; d++) {
        const struct vjp_model *model = &k->model[d];
        any |= k->has_model[d];
        if (!k->has_model[d])
            continue;
        FUZZ_EXPECT(!vjp_dtype_is_narrower(model->accumulate, (enum vjp_dtype)d), "dtype %d", d);
        FUZZ_EXPECT(model->ulps >= 1 && model->ulps <= VJP_ULPS_MAX, "ulps %d", model->ulps);
    }
    FUZZ_EXPECT(any, "no model");
}

static void check_info(const struct vjp_plugin_info *info)
{
    FUZZ_EXPECT(info->n_kernels >= 1 && info->n_kernels <= VJP_KERNELS_MAX, "%d", info->n_kernels);
    expect_made_of(LETTERS, info->name, sizeof info->name);
    expect_harmless(info->version, sizeof info->version);
    expect_harmless(info->load_damage, sizeof info->load_damage);
    for (int k = 0; k < info->n_kernels; k++)
        check_kernel(&info->kernel[k]);
    FUZZ_EXPECT(vjp_describe_is_equal(info, info), "not equal to itself");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vjp_plugin_info info;
    static struct vjp_wire_descriptor memory, *const wire = &memory;
    static size_t used; /* of it, by the input before */
    struct vjp_error error = {""};
    bool may_know = true;
    memset(wire, 0, used);
    used = size < sizeof *wire ? size : sizeof *wire;
    memcpy(wire, data, used);
    for (int k = 0; k < VJP_KERNELS_MAX; k++) {
        const char *layer = wire->kernel[k].layer;
        may_know &= fuzz_may_know(layer, strnlen(layer, sizeof wire->kernel[k].layer));
    }
    if (may_know) {
        info.n_kernels = 77;
        const enum vjp_status status = vjp_describe(PATH, wire, &info, &error);
        if (status == VJP_OK) {
            check_info(&info);
        } else if (status != VJP_ERR_IO ||
                   (wire->problem != VJP_LOAD_NO_SPACE && wire->problem != VJP_LOAD_NO_FILTER)) {
            fuzz_expect_refused(status, &error);
            FUZZ_EXPECT(strncmp(error.text, PATH ": ", strlen(PATH ": ")) == 0, "%s", error.text);
            FUZZ_EXPECT(info.n_kernels == 77, "written on failure");
        }
    }
    return 0;
}
