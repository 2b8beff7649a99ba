/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include "tests/oracle/exact/blocks.h"

/* Both kernels add in the same order. */
Test(kernel_avx2, agrees_with_portable_c)
{
    const struct vjp_kernel *kernels[2];
    if (each_kernel(kernels) == 1)
        cr_skip_test("this CPU has no AVX2");
    struct tally t = {0};
    for (int kind = 0; kind < 2 * DATA_COUNT; kind++) {
        struct pair p[2];
        for (int kernel = 0; kernel < 2; kernel++) {
            uint64_t state = (uint64_t)kind;
            pair_init(&p[kernel], kind % 2 ? VJP_BLOCK_LONG : VJP_BLOCK_SHORT, 13, 37, 600,
                      kernels[kernel]);
            pair_draw(&p[kernel], &state, (enum data)(kind / 2), 24, 120);
            pair_multiply(&p[kernel]);
        }
        const size_t size = sizeof(double[13][37]);
        check(&t, memcmp(p[0].products.c, p[1].products.c, size) == 0, "c of %d", kind);
        check(&t, memcmp(p[0].products.lo, p[1].products.lo, size) == 0, "lo of %d", kind);
        for (int i = 0; i < 13; i++) {
            const struct vjp_block_vector *x = &p[0].left.vectors[i], *y = &p[1].left.vectors[i];
            check(&t,
                  x->is_finite == y->is_finite && x->reach == y->reach && x->scale == y->scale &&
                      x->lowest == y->lowest && x->nonzeros == y->nonzeros,
                  "vector %d of %d", i, kind);
        }
        pair_clear(&p[0]);
        pair_clear(&p[1]);
    }
    tally_assert(&t, 100);
}
