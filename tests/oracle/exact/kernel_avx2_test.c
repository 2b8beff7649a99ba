/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include "tests/oracle/exact/agreement.h"

Test(kernel_avx2, agrees_with_portable_c)
{
    const struct vjp_kernel *kernel = vjp_kernel_avx2();
    if (!kernel)
        cr_skip_test("this CPU has no AVX2");
    struct tally t = {0};
    check_agreement(&t, kernel);
    tally_assert(&t, 100);
}
