/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle/exact/kernel.h"

#include <stddef.h>

const struct vjp_kernel *vjp_kernel_best(void)
{
    const struct vjp_kernel *avx512 = vjp_kernel_avx512(), *avx2 = vjp_kernel_avx2();
    return avx512 ? avx512 : avx2 ? avx2 : &vjp_kernel_portable;
}
