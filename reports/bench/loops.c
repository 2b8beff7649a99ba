/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/bench/loops.h"

#include <stddef.h>

const struct vjp_loops *vjp_loops_best(void)
{
    const struct vjp_loops *avx2 = vjp_loops_avx2();
    return avx2 ? avx2 : &vjp_loops_portable;
}
