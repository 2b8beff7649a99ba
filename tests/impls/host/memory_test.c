/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "impls/host/memory.h"

#include <criterion/criterion.h>

Test(memory, what_no_machine_has_is_refused)
{
    struct vjp_error error;
    cr_expect_eq(vjp_memory_check(INT64_C(1) << 55, &error), VJP_ERR_LIMIT);
    cr_expect_eq(strncmp(error.text, "the case needs 34359738368 MiB of memory, ", 42), 0, "%s",
                 error.text);
}

Test(memory, a_small_case_is_never_refused)
{
    struct vjp_error error;
    cr_expect_eq(vjp_memory_check(0, &error), VJP_OK);
    cr_expect_eq(vjp_memory_check(1 << 20, &error), VJP_OK);
}
