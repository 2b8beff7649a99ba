/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/impls/kernels/fixture.h"

#include <link.h>

TestSuite(linear);

/* What each of the kernels that ship says it can do. */
static const struct shipped {
    const char *name;
    bool half; /* f16 and bf16 */
    bool any_strides;
} shipped[] = {{"naive", true, true}, {"blocked", false, false}, {"avx2", false, false}};

#define SHIPPED (sizeof shipped / sizeof shipped[0])

static const char no_avx2[] = "needs a CPU with AVX2 and FMA";

/* Runs the kernel on the case and checks the answer. False where the CPU is not for it. */
static bool is_right(const struct vjp_abi_kernel *kernel, struct fixture *f,
                     const struct setup *setup)
{
    const struct vjp_abi_call *call = fixture_call(f, setup);
    const char *reason = NULL;
    if (!kernel->supports(call, &reason)) {
        cr_assert_not_null(reason);
        cr_assert_str_eq(reason, no_avx2, "unsupported: %s: %s", reason, fixture_text(f));
        return false;
    }
    cr_assert_eq(kernel->run(call), VJP_ABI_DONE);
    fixture_check(f);
    return true;
}

/* Bits 0..4 of the variant: padding; 5: bias; 6: accumulate; 7: threads. */
static struct setup vary(enum vjp_dtype dtype, int64_t N, int64_t D, int64_t M, unsigned variant)
{
    static const int slot[] = {X, W, DY, DX, DW};
    struct setup s = {.dtype = dtype, .N = N, .D = D, .M = M, .seed = variant};
    for (int i = 0; i < 5; i++)
        s.pad[slot[i]] = variant >> i & 1 ? 1 + (variant + (unsigned)i) % 5 : 0;
    s.bias = variant >> 5 & 1;
    s.accumulate = variant >> 6 & 1;
    s.threads = variant >> 7 & 1 ? 3 : 1;
    return s;
}

static void check_sizes(const struct shipped *plugin, enum vjp_dtype dtype)
{
    static const int64_t size[] = {0, 1, 2, 3, 7, 8, 9, 16, 17, 40};
    const int count = sizeof size / sizeof size[0];
    const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", plugin->name);
    struct fixture f;
    fixture_create(&f);
    unsigned variant = 0;
    for (int i = 0; i < count * count * count; i++) {
        variant += 89; /* coprime to 256: every variant, spread over the sizes */
        const struct setup s = vary(dtype, size[i / count / count], size[i / count % count],
                                    size[i % count], variant % 256);
        if (!is_right(kernel, &f, &s))
            break;
    }
    fixture_destroy(&f);
}

Test(linear, is_exact_on_integers_for_many_sizes_and_layouts_in_f32)
{
    for (size_t i = 0; i < SHIPPED; i++)
        check_sizes(&shipped[i], VJP_F32);
}

Test(linear, is_exact_on_integers_for_many_sizes_and_layouts_in_f64)
{
    for (size_t i = 0; i < SHIPPED; i++)
        check_sizes(&shipped[i], VJP_F64);
}

/* Sums up to 4 * 4 * 40 + 4 need rounding in bf16, none in f16: the expected value is rounded by
 * cases/base, which shares nothing with the kernel's conversions. */
Test(linear, rounds_sums_in_f16_and_bf16_once)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        if (shipped[i].half) {
            check_sizes(&shipped[i], VJP_F16);
            check_sizes(&shipped[i], VJP_BF16);
        }
    }
}

/* Sizes at which every way of the kernels is taken: with one row, one column, few of either, tiles. */
Test(linear, gives_the_gradients_that_are_asked_for_and_touches_no_other)
{
    static const int64_t size[][3] = {{1, 9, 17}, {9, 1, 17}, {9, 17, 1}, {3, 5, 7}, {40, 33, 65}};
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        for (unsigned k = 0; k < 5 * 256; k++) {
            const int64_t *s = size[k % 5];
            struct setup setup = vary(k % 3 ? VJP_F32 : VJP_F64, s[0], s[1], s[2], k % 256);
            const unsigned left_out = 1 + k / 5 % (setup.bias ? 6 : 2);
            for (int slot = DX; slot <= DB; slot++)
                setup.left_out[slot] = left_out >> (slot - DX) & 1;
            if (!is_right(kernel, &f, &setup))
                break;
        }
        fixture_destroy(&f);
    }
}

/* Beyond one tile of the output and one block of the sum, in each direction. */
Test(linear, is_exact_on_integers_across_tiles)
{
    static const int64_t size[][3] = {{97, 129, 3},  {97, 2, 257},   {2, 97, 129},
                                      {257, 97, 2},  {600, 3, 3},    {33, 65, 130},
                                      {300, 97, 20}, {10, 40, 1100}, {270, 13, 600}};
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        for (unsigned k = 0; k < 18; k++) {
            const int64_t *s = size[k % 9];
            const struct setup setup = vary(k < 9 ? VJP_F32 : VJP_F64, s[0], s[1], s[2], k * 41);
            if (!is_right(kernel, &f, &setup))
                break;
        }
        fixture_destroy(&f);
    }
}

/* The sum in double has a NaN or an infinity exactly where a term is one, or infinities of both signs
 * meet; in any order of summation. Padding is NaN as well, and must not leak. */
Test(linear, propagates_nan_and_infinity_to_the_sums_that_contain_them)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        for (unsigned variant = 0; variant < 256; variant++) {
            struct setup s = vary(variant % 3 ? VJP_F32 : VJP_F64, 1 + variant % 13,
                                  1 + variant % 19, 1 + variant % 23, variant);
            s.specials = 1 + (int)variant % 2;
            if (!is_right(kernel, &f, &s))
                break;
        }
        fixture_destroy(&f);
    }
}

/* The numbers are rounded here, so that another order of summation would give other bits. The shapes are
 * large enough for several threads, and have their pieces where a kernel might sum otherwise than in the
 * whole: few rows, few columns, long sums. */
static void check_threads(const char *name, struct setup setup)
{
    struct fixture f;
    void *first[SLOTS] = {NULL};
    fixture_create(&f);
    for (setup.threads = 1; setup.threads <= 3; setup.threads++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", name);
        const struct vjp_abi_call *call = fixture_call(&f, &setup);
        for (int slot = X; slot <= DY; slot++)
            for (int64_t k = 0; k < f.operand[slot].extent; k++)
                ((float *)fixture_first(&f.operand[slot]))[k] /= 3;
        const char *reason = NULL;
        if (!kernel->supports(call, &reason))
            break;
        cr_assert_eq(kernel->run(call), VJP_ABI_DONE);
        for (int slot = DX; slot <= DW; slot++) {
            const size_t bytes = (size_t)f.operand[slot].extent * sizeof(float);
            if (!first[slot]) {
                first[slot] = malloc(bytes);
                memcpy(first[slot], fixture_first(&f.operand[slot]), bytes);
            }
            cr_assert_arr_eq(fixture_first(&f.operand[slot]), first[slot], bytes,
                             "%s, slot %d, %d threads: %s", name, slot, setup.threads,
                             fixture_text(&f));
        }
    }
    for (int slot = 0; slot < SLOTS; slot++)
        free(first[slot]);
    fixture_destroy(&f);
}

Test(linear, gives_the_same_bits_with_any_number_of_threads)
{
    static const int64_t size[][3] = {
        {40, 200, 320}, {1500, 24, 70}, {1500, 70, 24}, {1, 17, 59000}, {300, 97, 80}};
    for (size_t i = 0; i < SHIPPED; i++) {
        for (size_t k = 0; k < sizeof size / sizeof size[0]; k++) {
            const struct setup setup = {
                .dtype = VJP_F32, .N = size[k][0], .D = size[k][1], .M = size[k][2], .seed = 1};
            check_threads(shipped[i].name, setup);
        }
    }
}

/* 33 MiB of output, which a kernel may write past the caches. Products of small integers are exact. */
Test(linear, writes_an_output_larger_than_the_caches_in_full)
{
    enum { D = 2112, M = 4096 };
    static float x[D], dy[M];
    float *dw = aligned_alloc(64, sizeof(float) * D * M);
    const float *w = dw; /* of which nothing is asked */
    int64_t shape[][2] = {{1, D}, {D, M}, {1, M}};
    int64_t strides[][2] = {{D, 1}, {M, 1}, {M, 1}};
    void *data[] = {x, (void *)w, dy, dw};
    const char *name[] = {"x", "w", "dy", "dw"};
    const int like[] = {0, 1, 2, 1};
    DLTensor dl[4];
    struct vjp_abi_tensor tensor[4];
    const struct vjp_abi_tensor *tensors[4];
    cr_assert_not_null(dw);
    for (int i = 0; i < 4; i++) {
        dl[i] = (DLTensor){.data = data[i],
                           .device = {kDLCPU, 0},
                           .ndim = 2,
                           .dtype = {kDLFloat, 32, 1},
                           .shape = shape[like[i]],
                           .strides = strides[like[i]]};
        tensor[i] =
            (struct vjp_abi_tensor){.struct_size = sizeof tensor[i], .name = name[i], .dl = &dl[i]};
        tensors[i] = &tensor[i];
    }
    for (int d = 0; d < D; d++)
        x[d] = (float)(d % 97 - 48);
    for (int m = 0; m < M; m++)
        dy[m] = (float)(m % 89 - 44);
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_call call = {.struct_size = sizeof call,
                                          .threads = 2,
                                          .n_inputs = 3,
                                          .n_outputs = 1,
                                          .inputs = tensors,
                                          .outputs = tensors + 3};
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        const char *reason = NULL;
        memset(dw, 0xff, sizeof(float) * D * M);
        if (!kernel->supports(&call, &reason))
            continue;
        cr_assert_eq(kernel->run(&call), VJP_ABI_DONE);
        for (int64_t k = 0; k < (int64_t)D * M; k++)
            if (!(dw[k] == x[k / M] * dy[k % M]))
                cr_assert_fail("%s: dw[%d][%d] is %g", shipped[i].name, (int)(k / M), (int)(k % M),
                               (double)dw[k]);
    }
    free(dw);
}

struct library {
    const char *name;
    uint64_t zeroed; /* bytes of its variables that start as zero */
};

static int add_zeroed(struct dl_phdr_info *info, size_t size, void *data)
{
    struct library *library = data;
    (void)size;
    if (!strstr(info->dlpi_name, library->name))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD)
            library->zeroed += info->dlpi_phdr[i].p_memsz - info->dlpi_phdr[i].p_filesz;
    return 1;
}

/* A race for a shared buffer may be won a thousand times. So look at the cause: the smallest buffer
 * of a kernel has 8 KiB. Where lines are counted, nothing can be told. */
Test(linear, keeps_no_scratch_that_threads_would_share)
{
    if (TEST_COVERAGE)
        cr_skip_test("the counters of this build are static variables");
    for (size_t i = 0; i < SHIPPED; i++) {
        char name[64];
        snprintf(name, sizeof name, "/plugins/%s.so", shipped[i].name);
        struct library library = {.name = name};
        fixture_kernel("plugins", shipped[i].name);
        cr_assert_eq(dl_iterate_phdr(add_zeroed, &library), 1);
        cr_assert_lt(library.zeroed, 4096, "%s has %llu bytes of static variables", name,
                     (unsigned long long)library.zeroed);
    }
}

Test(linear, computes_only_the_gradients_asked_for)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        for (int wanted = DX; wanted <= DB; wanted++) {
            const struct setup s = {
                .dtype = VJP_F32, .N = 3, .D = 4, .M = 5, .threads = 1, .bias = true};
            fixture_call(&f, &s);
            f.call.n_outputs = 1;
            f.outputs[0] = &f.operand[wanted].abi;
            const char *reason = NULL;
            if (!kernel->supports(&f.call, &reason))
                break;
            cr_assert_eq(kernel->run(&f.call), VJP_ABI_DONE);
            fixture_expect(&f);
            fixture_check_operand(&f, wanted);
        }
        fixture_destroy(&f);
    }
}

Test(linear, takes_or_declines_transposed_operands)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (slot == B || slot == DB)
                continue;
            struct setup s = {.dtype = VJP_F32, .N = 5, .D = 6, .M = 7, .threads = 1, .seed = 3};
            s.trans[slot] = true;
            s.pad[slot] = slot % 2 ? 2 : 0;
            const char *reason = NULL;
            const struct vjp_abi_call *call = fixture_call(&f, &s);
            if (shipped[i].any_strides) {
                cr_assert(is_right(kernel, &f, &s));
            } else {
                cr_assert_eq(kernel->supports(call, &reason), 0);
                cr_assert(strstr(reason, "contiguous rows") || strcmp(reason, no_avx2) == 0, "%s",
                          reason);
            }
        }
        fixture_destroy(&f);
    }
}

/* A single column may have any stride between its elements and none between columns. */
Test(linear, takes_a_transposed_column)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        struct fixture f;
        fixture_create(&f);
        struct setup s = {.dtype = VJP_F64, .N = 5, .D = 1, .M = 7, .threads = 1, .seed = 3};
        s.trans[X] = s.trans[DX] = true;
        s.pad[X] = 4;
        is_right(kernel, &f, &s);
        fixture_destroy(&f);
    }
}

Test(linear, declares_the_dtypes_it_takes_and_how_it_accumulates)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("plugins", shipped[i].name);
        cr_assert_str_eq(kernel->layer, "linear");
        cr_assert_eq(kernel->capabilities, VJP_ABI_DETERMINISTIC | VJP_ABI_SOME_GRADIENTS);
        cr_assert_eq(kernel->n_models, shipped[i].half ? 4 : 2);
        for (int m = 0; m < kernel->n_models; m++) {
            const struct vjp_abi_model *model = kernel->models[m];
            cr_assert_eq(model->struct_size, sizeof *model);
            cr_assert_eq(model->flags, 0);
            cr_assert_eq(model->accumulate.code, kDLFloat);
            cr_assert_eq(model->accumulate.bits, model->dtype.bits == 64 ? 64 : 32);
        }
    }
}
