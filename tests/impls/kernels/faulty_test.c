/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/impls/kernels/fixture.h"

TestSuite(faulty);

/* A plant has to fail for its defect, not for what it is built on. Small integers do not show what is
 * wrong with these two, so they show the base: the first is right in every line, and small integers
 * are exact in f32. */
static const struct {
    const char *name;
    enum vjp_dtype dtype;
} plants[] = {{"fast_math_startup", VJP_F32}, {"f32_under_f64", VJP_F64}};

Test(faulty, the_base_of_the_plants_is_right)
{
    for (int i = 0; i < 2; i++) {
        const struct vjp_abi_kernel *kernel = fixture_kernel("faulty", plants[i].name);
        struct fixture f;
        fixture_create(&f);
        for (int k = 0; k < 512; k++) {
            struct setup s = {.dtype = plants[i].dtype,
                              .N = k / 64,
                              .D = k / 8 % 8,
                              .M = k % 8,
                              .threads = 1 + k % 2,
                              .bias = k % 3 == 0,
                              .accumulate = k % 5 == 0,
                              .seed = (uint64_t)k};
            for (int slot = 0; slot < SLOTS; slot++)
                s.pad[slot] = (k + slot) % 4 == 0 ? 1 + slot : 0;
            const struct vjp_abi_call *call = fixture_call(&f, &s);
            const char *reason = NULL;
            cr_assert_eq(kernel->supports(call, &reason), 1);
            cr_assert_eq(kernel->run(call), VJP_ABI_DONE);
            fixture_check(&f);
        }
        fixture_destroy(&f);
    }
}

Test(faulty, declines_transposed_operands)
{
    const struct vjp_abi_kernel *kernel = fixture_kernel("faulty", plants[0].name);
    struct setup s = {.dtype = VJP_F32, .N = 3, .D = 4, .M = 5, .threads = 1};
    s.trans[W] = true;
    struct fixture f;
    fixture_create(&f);
    const char *reason = NULL;
    cr_assert_eq(kernel->supports(fixture_call(&f, &s), &reason), 0);
    cr_assert(reason && strstr(reason, "contiguous rows"));
    fixture_destroy(&f);
}
