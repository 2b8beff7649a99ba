/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/reports/bench/loops_check.h"

Test(loops_portable, write_reaches_every_byte)
{
    check_loops(&vjp_loops_portable);
}
