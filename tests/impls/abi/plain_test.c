/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/abi/vjp_plain.h"

#include "tests/impls/kernels/fixture.h"

TestSuite(plain);

static void plain_f32(float *dx, float *dw, const float *x, const float *w, const float *dy,
                      int64_t N, int64_t D, int64_t M)
{
    for (int64_t n = 0; n < N; n++)
        for (int64_t d = 0; d < D; d++)
            dx[n * D + d] = 0;
    for (int64_t d = 0; d < D; d++)
        for (int64_t m = 0; m < M; m++)
            dw[d * M + m] = 0;
    for (int64_t n = 0; n < N; n++)
        for (int64_t d = 0; d < D; d++)
            for (int64_t m = 0; m < M; m++) {
                dx[n * D + d] += dy[n * M + m] * w[d * M + m];
                dw[d * M + m] += x[n * D + d] * dy[n * M + m];
            }
}

static void plain_f64(double *dx, double *dw, const double *x, const double *w, const double *dy,
                      int64_t N, int64_t D, int64_t M)
{
    for (int64_t n = 0; n < N; n++)
        for (int64_t d = 0; d < D; d++)
            dx[n * D + d] = 0;
    for (int64_t d = 0; d < D; d++)
        for (int64_t m = 0; m < M; m++)
            dw[d * M + m] = 0;
    for (int64_t n = 0; n < N; n++)
        for (int64_t d = 0; d < D; d++)
            for (int64_t m = 0; m < M; m++) {
                dx[n * D + d] += dy[n * M + m] * w[d * M + m];
                dw[d * M + m] += x[n * D + d] * dy[n * M + m];
            }
}

VJP_PLAIN_LINEAR_F32(plain_f32);

/* A library holds one descriptor; this program wants the other as well. */
extern const struct vjp_abi_plugin other_descriptor;
#define vjp_abi_descriptor other_descriptor
VJP_PLAIN_LINEAR_F64(plain_f64);
#undef vjp_abi_descriptor

Test(plain, describes_itself_by_the_name_of_the_function)
{
    cr_assert_eq(vjp_abi_descriptor.struct_size, sizeof(struct vjp_abi_plugin));
    cr_assert_eq(vjp_abi_descriptor.abi_major, VJP_ABI_MAJOR);
    cr_assert_eq(vjp_abi_descriptor.abi_minor, VJP_ABI_MINOR);
    cr_assert_str_eq(vjp_abi_descriptor.name, "plain_f32");
    cr_assert_eq(vjp_abi_descriptor.n_kernels, 1);
    const struct vjp_abi_kernel *kernel = vjp_abi_descriptor.kernels[0];
    cr_assert_eq(kernel->struct_size, sizeof *kernel);
    cr_assert_str_eq(kernel->name, "plain_f32");
    cr_assert_str_eq(kernel->layer, "linear");
    cr_assert_eq(kernel->capabilities, VJP_ABI_DETERMINISTIC);
    cr_assert_str_eq(other_descriptor.name, "plain_f64");
}

static void check_model(const struct vjp_abi_plugin *plugin, int bits)
{
    cr_assert_eq(plugin->kernels[0]->n_models, 1);
    const struct vjp_abi_model *model = plugin->kernels[0]->models[0];
    cr_assert_eq(model->struct_size, sizeof *model);
    cr_assert_eq(model->flags, 0);
    cr_assert(model->dtype.code == kDLFloat && model->dtype.bits == bits &&
              model->dtype.lanes == 1);
    cr_assert_eq(memcmp(&model->accumulate, &model->dtype, sizeof model->dtype), 0);
}

Test(plain, accumulates_in_the_dtype_of_the_operands)
{
    check_model(&vjp_abi_descriptor, 32);
    check_model(&other_descriptor, 64);
}

static void check_run(const struct vjp_abi_kernel *kernel, enum vjp_dtype dtype)
{
    struct fixture f;
    fixture_create(&f);
    for (int i = 0; i < 6 * 6 * 6; i++) {
        const struct setup s = {.dtype = dtype,
                                .N = i / 36,
                                .D = i / 6 % 6,
                                .M = i % 6,
                                .threads = 2,
                                .seed = (uint64_t)i};
        const struct vjp_abi_call *call = fixture_call(&f, &s);
        const char *reason = NULL;
        cr_assert_eq(kernel->supports(call, &reason), 1, "%s", fixture_text(&f));
        cr_assert_eq(kernel->run(call), VJP_ABI_DONE);
        fixture_check(&f);
    }
    fixture_destroy(&f);
}

Test(plain, passes_the_operands_in_the_order_of_the_signature)
{
    check_run(vjp_abi_descriptor.kernels[0], VJP_F32);
    check_run(other_descriptor.kernels[0], VJP_F64);
}

static void check_declined(const struct setup *setup, const char *word)
{
    struct fixture f;
    fixture_create(&f);
    const char *reason = NULL;
    cr_assert_eq(vjp_abi_descriptor.kernels[0]->supports(fixture_call(&f, setup), &reason), 0);
    cr_assert(reason && strstr(reason, word), "%s", reason);
    fixture_destroy(&f);
}

Test(plain, declines_what_the_function_cannot_do_and_says_why)
{
    const struct setup base = {.dtype = VJP_F32, .N = 3, .D = 4, .M = 5, .threads = 1};
    struct setup s = base;
    s.accumulate = true;
    check_declined(&s, "add to");
    s = base;
    s.bias = true;
    check_declined(&s, "bias");
    for (int slot = X; slot < DB; slot++) {
        if (slot == B)
            continue;
        s = base;
        s.pad[slot] = 1;
        check_declined(&s, "contiguous");
        s = base;
        s.trans[slot] = true;
        check_declined(&s, "contiguous");
    }
}

Test(plain, declines_to_compute_one_gradient_alone)
{
    const struct setup s = {.dtype = VJP_F32, .N = 3, .D = 4, .M = 5, .threads = 1};
    struct fixture f;
    fixture_create(&f);
    fixture_call(&f, &s);
    f.call.n_outputs = 1;
    const char *reason = NULL;
    cr_assert_eq(vjp_abi_descriptor.kernels[0]->supports(&f.call, &reason), 0);
    cr_assert(reason && strstr(reason, "together"), "%s", reason);
    fixture_destroy(&f);
}

/* The line is for other people's compilers and flags. */
Test(plain, compiles_without_a_warning_as_c11_and_as_cxx17)
{
    static const char *const compiler[] = {"cc -std=c11 -x c", "c++ -std=c++17 -x c++"};
    for (int i = 0; i < 2; i++) {
        char command[4096];
        snprintf(command, sizeof command,
                 "%s -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "
                 "-I '%s/impls/abi' '%s/impls/example/my_linear.c'",
                 compiler[i], TEST_SOURCE_DIR, TEST_SOURCE_DIR);
        cr_assert_eq(system(command), 0, "%s", command);
    }
}
